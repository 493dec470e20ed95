"""The dashboards as the live page reads them: titles, units, limits and signals."""

import json
from typing import Any

from benchrig.dashboards.model import Dashboard, Panel, load_dashboards
from benchrig.signals.series import STEADY

PAGE = "dashboards/live/dashboards.json"


def page_panel(panel: Panel) -> dict[str, Any]:
    """A panel without its data, as panels.js takes it."""
    limit = panel.catalogued[0].limit if len(panel.signals) == 1 else None
    return {
        "kind": panel.kind,
        "title": panel.heading,
        "description": panel.description,
        "unit": panel.unit,
        "width": panel.width,
        "averaged": panel.averaged,
        "when": panel.when,
        "above": limit.above if limit else None,
        "below": limit.below if limit else None,
    }


def files() -> dict[str, str]:
    """Path to text of the page's definitions."""
    shown = [_dashboard(dashboard) for dashboard in load_dashboards()]
    return {PAGE: json.dumps(shown, indent=1, ensure_ascii=False) + "\n"}


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "description": dashboard.description,
        "compare": dashboard.compare,
        "panels": [
            page_panel(panel)
            | {
                "only": panel.only,
                "signals": [
                    {
                        "name": signal.name,
                        "steady": signal.unit in STEADY,
                        "job": signal.job,
                        "legend": "{le}" if panel.kind == "heatmap" else panel.name_of(signal),
                    }
                    for signal in panel.catalogued
                ],
            }
            for panel in dashboard.panels
        ],
    }
