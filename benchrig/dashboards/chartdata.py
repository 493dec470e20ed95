"""A stored trial's telemetry as the data that charts.js draws, for reports without a server."""

import re
from dataclasses import dataclass
from typing import Any

from benchrig.dashboards.model import Dashboard, Panel
from benchrig.dashboards.page_json import page_panel
from benchrig.signals.catalogue import Signal
from benchrig.signals.series import Series, Telemetry

FORMAT = 1


@dataclass(frozen=True)
class Band:
    """A phase of the trial, drawn behind the lines."""

    name: str
    begin_unix: float
    end_unix: float


def chart_data(dashboard: Dashboard, telemetry: Telemetry, bands: list[Band]) -> dict[str, Any]:
    """One dashboard of one trial, ready for JSON (docs/dashboards.md, data of the charts).

    Panels without any series keep their place and say that nothing is known.
    """
    panels = [page_panel(p) | {"series": _series(p, telemetry)} for p in dashboard.panels]
    count = max(
        (len(series["values"]) for panel in panels for series in panel["series"]), default=0
    )
    return {
        "format": FORMAT,
        "title": dashboard.title,
        "description": dashboard.description,
        "begin": telemetry.begin_unix,
        "step": telemetry.step_seconds,
        "count": count,
        "bands": [
            {"name": band.name, "begin": band.begin_unix, "end": band.end_unix} for band in bands
        ],
        "panels": panels,
    }


def _series(panel: Panel, telemetry: Telemetry) -> list[dict[str, Any]]:
    return [
        {"name": _name(panel, signal, series), "values": list(series.values)}
        for signal in panel.catalogued
        for series in telemetry.find(signal.name, **panel.only)
    ]


def _name(panel: Panel, signal: Signal, series: Series) -> str:
    legend = "{le}" if panel.kind == "heatmap" else panel.name_of(signal)
    return re.sub(r"\{(\w+)\}", lambda found: series.labels.get(found[1], ""), legend)
