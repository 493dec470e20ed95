"""A dashboard in Grafana's classic format (schema of Grafana 12 and 13)."""

import json
import re
from typing import Any

from benchrig.dashboards.model import Dashboard, Panel, Placed, load_dashboards, place
from benchrig.signals.catalogue import PREFIX, Limit, Signal

SCHEMA_VERSION = 42
TAG = "benchrig"
DATASOURCE = {"type": "prometheus", "uid": "$datasource"}
UNITS = {
    "bytes": "bytes",
    "bytes_per_second": "Bps",
    "cores": "suffix:cores",
    "count": "none",
    "errors_per_second": "count:/s",
    "flag": "bool_yes_no",
    "per_second": "count:/s",
    "requests_per_second": "reqps",
    "seconds": "s",
    "share": "percentunit",
}
STEPS_OK, STEPS_BAD = "green", "red"
FOLLOW = {"from": "now-5m", "to": "now"}
ONE_RUN = {
    "title": "This run alone",
    "url": "/d/benchrig-live?${__url_time_range}&${datasource:queryparam}"
    "&var-replay=${__field.labels.replay}",
}


def grafana_json(dashboard: Dashboard) -> str:
    """The dashboard's file, stable to the byte."""
    return json.dumps(_dashboard(dashboard), indent=1, ensure_ascii=False) + "\n"


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "uid": dashboard.uid,
        "title": f"benchrig / {dashboard.title}",
        "description": dashboard.description,
        "tags": [TAG],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "graphTooltip": 1,  # one crosshair over all panels
        "refresh": "1s",
        "time": FOLLOW,
        "timepicker": {"refresh_intervals": ["1s", "5s", "30s"]},
        "timezone": "browser",
        "links": [_links()],
        "templating": {"list": _variables(dashboard)},
        "annotations": {"list": _annotations(dashboard)},
        "panels": [_panel(dashboard, n, p) for n, p in enumerate(place(dashboard.panels), 1)],
    }


def _links() -> dict[str, Any]:
    """To the other dashboards, with the time and the variables chosen."""
    return {
        "title": "Other dashboards",
        "type": "dashboards",
        "icon": "external link",
        "tooltip": "keeps time, run and host",
        "url": "",
        "tags": [TAG],
        "asDropdown": False,
        "includeVars": True,
        "keepTime": True,
        "targetBlank": False,
    }


def _variables(dashboard: Dashboard) -> list[dict[str, Any]]:
    datasource = {
        "type": "datasource",
        "name": "datasource",
        "label": "Data source",
        "query": "prometheus",
        "refresh": 1,
    }
    if dashboard.compare:
        replayed = f'label_values({PREFIX}run{{replay!=""}}, replay)'
        return [datasource, _query("runs", "Replayed runs", replayed), _host()]
    known = f'{PREFIX}run{{replay="$replay"}}'
    run = _query("run", "Run", f"label_values({known}, run_id)")
    variant = _query("variant", "Variant", f"label_values({known}, variant)")
    replay = {"type": "textbox", "name": "replay", "label": "Replayed run", "query": ""}
    return [datasource, run, variant, _host(), replay]


def _host() -> dict[str, Any]:
    return _query("host", "Host", f"label_values({PREFIX}host_cpus, host)")


def _query(name: str, label: str, query: str) -> dict[str, Any]:
    return {
        "type": "query",
        "name": name,
        "label": label,
        "datasource": DATASOURCE,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "sort": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
    }


def _annotations(dashboard: Dashboard) -> list[dict[str, Any]]:
    """Phases from the series that tell them; notes that runs leave in Grafana itself."""
    source = 'replay=~"$runs"' if dashboard.compare else 'replay="$replay"'
    phases = {
        "name": "Phases",
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": "blue",
        "target": {
            "refId": "Anno",
            "expr": f'{PREFIX}phase{{phase="measure",{source}}}',
            "interval": "1s",
        },
        "titleFormat": "{{phase}}",
        "textFormat": "{{variant}} {{workload}} {{run_id}}",
    }
    runs = {
        "name": "Runs",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "iconColor": "light-blue",
        "target": {"type": "tags", "tags": [TAG], "matchAny": False, "limit": 200},
    }
    return [phases, runs]


def _panel(dashboard: Dashboard, number: int, placed: Placed) -> dict[str, Any]:
    panel = placed.panel
    kinds = {"stat": "stat", "lines": "timeseries", "heatmap": "heatmap"}
    return {
        "id": number,
        "type": kinds[panel.kind],
        "title": panel.heading,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": {"x": placed.x, "y": placed.y, "w": panel.width, "h": panel.rows},
        "targets": [
            _target(dashboard, panel, signal, letter)
            for signal, letter in zip(panel.catalogued, "ABCDEF", strict=False)
        ],
        "options": _options(panel),
        "fieldConfig": {
            "defaults": _defaults(panel) | ({"links": [ONE_RUN]} if dashboard.compare else {}),
            "overrides": [],
        },
    }


def _target(dashboard: Dashboard, panel: Panel, signal: Signal, letter: str) -> dict[str, Any]:
    legend = "{le}" if panel.kind == "heatmap" else panel.name_of(signal)
    return {
        "refId": letter,
        "datasource": DATASOURCE,
        "expr": dashboard.expression(panel, signal),
        "legendFormat": re.sub(r"\{(\w+)\}", r"{{\1}}", legend),
        "format": "heatmap" if panel.kind == "heatmap" else "time_series",
        "interval": "1s",
        "range": True,
        "instant": False,
    }


OPTIONS: dict[str, dict[str, Any]] = {
    "stat": {
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "auto",
        "percentChangeColorMode": "standard",
        "showPercentChange": False,
        "wideLayout": True,
    },
    "lines": {
        "legend": {
            "calcs": ["mean", "max", "lastNotNull"],
            "displayMode": "table",
            "placement": "bottom",
            "showLegend": True,
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "heatmap": {
        "calculate": False,
        "cellGap": 0,
        "color": {
            "mode": "scheme",
            "scheme": "Oranges",
            "steps": 64,
            "exponent": 0.5,
            "fill": "dark-orange",
            "reverse": False,
        },
        "exemplars": {"color": "rgba(255,0,255,0.7)"},
        "showValue": "never",
        "rowsFrame": {"layout": "le"},
        "tooltip": {"mode": "single", "yHistogram": False},
        "yAxis": {"unit": "s", "axisPlacement": "left"},
        "legend": {"show": False},
    },
}


def _options(panel: Panel) -> dict[str, Any]:
    found = OPTIONS[panel.kind]
    if panel.kind != "lines" or panel.averaged:
        return found
    return found | {"legend": found["legend"] | {"calcs": ["max", "lastNotNull"]}}


def _defaults(panel: Panel) -> dict[str, Any]:
    limit = panel.catalogued[0].limit if len(panel.signals) == 1 else Limit()
    found: dict[str, Any] = {
        "unit": UNITS[panel.unit],
        "noValue": "unknown",
        "thresholds": {"mode": "absolute", "steps": _steps(limit)},
    }
    if panel.unit not in ("seconds", "share") or panel.kind == "lines":
        found["min"] = 0
    if panel.kind == "stat":
        found["color"] = {"mode": "thresholds"}
    if panel.kind == "lines":
        found["color"] = {"mode": "palette-classic"}
        style = "dashed" if limit != Limit() else "off"
        found["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 8,
            "showPoints": "never",
            "spanNulls": False,
            "thresholdsStyle": {"mode": style},
        }
    return found


def _steps(limit: Limit) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [
        {"color": STEPS_OK if limit.below is None else STEPS_BAD, "value": None}
    ]
    if limit.below is not None:
        steps.append({"color": STEPS_OK, "value": limit.below})
    if limit.above is not None:
        steps.append({"color": STEPS_BAD, "value": limit.above})
    return steps


def files() -> dict[str, str]:
    """Path to text of every dashboard that Grafana is given."""
    return {f"dashboards/grafana/{d.uid}.json": grafana_json(d) for d in load_dashboards()}
