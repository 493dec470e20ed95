"""Dashboards: every query is one that Prometheus accepts, and every panel says what it shows."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchrig.dashboards import model
from benchrig.dashboards.grafana_json import grafana_json
from benchrig.dashboards.model import COLUMNS, Dashboard, load_dashboards, place
from benchrig.errors import BenchrigError
from benchrig.signals.promql import metric_names
from tests.promtool import promtool

DASHBOARDS = load_dashboards()
by_uid = pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda d: d.uid)


def panels_of(dashboard: Dashboard) -> list[dict[str, Any]]:
    """The panels as Grafana gets them."""
    found: list[dict[str, Any]] = json.loads(grafana_json(dashboard))["panels"]
    return found


@by_uid
def test_prometheus_accepts_every_query_of_a_dashboard(
    dashboard: Dashboard, tmp_path: Path
) -> None:
    queries = [t["expr"] for panel in panels_of(dashboard) for t in panel["targets"]]
    rules = [{"record": f"query:{n}", "expr": expr} for n, expr in enumerate(queries)]
    path = tmp_path / "queries.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    assert f"{len(queries)} rules found" in promtool("check", "rules", path)


@by_uid
def test_a_dashboard_can_be_taken_in_at_a_glance(dashboard: Dashboard) -> None:
    shown = json.loads(grafana_json(dashboard))
    panels = shown["panels"]
    assert 0 < len(panels) <= 14
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    assert shown["graphTooltip"] == 1
    assert all(panel["title"] and "Bad: " in panel["description"] for panel in panels)
    assert len({panel["title"] for panel in panels if panel["type"] == "timeseries"}) == len(
        [panel for panel in panels if panel["type"] == "timeseries"]
    )
    names = {variable["name"] for variable in shown["templating"]["list"]}
    own = {"runs"} if dashboard.compare else {"run", "variant", "replay"}
    assert names == {"datasource", "host"} | own
    asked = set(re.findall(r"\$(\w+)", "".join(t["expr"] for p in panels for t in p["targets"])))
    assert asked <= names
    assert shown["links"][0]["keepTime"]
    assert shown["links"][0]["includeVars"]
    choices = {v["name"]: v["query"]["query"] for v in shown["templating"]["list"] if "multi" in v}
    source = 'replay!=""' if dashboard.compare else 'replay="$replay"'
    assert all(source in query for name, query in choices.items() if name != "host")


def test_a_line_of_the_comparison_leads_to_its_run_alone_at_the_same_time() -> None:
    comparison = next(d for d in DASHBOARDS if d.compare)
    for panel in panels_of(comparison):
        (link,) = panel["fieldConfig"]["defaults"]["links"]
        place, _, query = link["url"].partition("?")
        assert place == "/d/benchrig-live"
        assert query.split("&") == [
            "${__url_time_range}",
            "${datasource:queryparam}",
            "var-replay=${__field.labels.replay}",
        ]


def test_every_axis_says_its_unit() -> None:
    told = {
        (panel.unit, shown["fieldConfig"]["defaults"]["unit"])
        for dashboard in DASHBOARDS
        for panel, shown in zip(dashboard.panels, panels_of(dashboard), strict=True)
    }
    assert {unit for unit, shown in told if shown == "none"} == {"count"}


@by_uid
def test_panels_fill_the_grid_without_overlap(dashboard: Dashboard) -> None:
    taken: set[tuple[int, int]] = set()
    for placed in place(dashboard.panels):
        cells = {
            (placed.x + column, placed.y + row)
            for column in range(placed.panel.width)
            for row in range(placed.panel.rows)
        }
        assert not taken & cells
        assert max(x for x, _ in cells) < COLUMNS
        taken |= cells


@by_uid
def test_dashboards_read_signals_and_nothing_else(dashboard: Dashboard) -> None:
    for panel in panels_of(dashboard):
        for target in panel["targets"]:
            assert all(n.startswith("benchrig:") for n in metric_names(target["expr"]))


def test_a_limit_is_drawn_where_a_panel_has_one_signal() -> None:
    hosts = next(d for d in DASHBOARDS if d.uid == "benchrig-hosts")
    panel = next(p for p in panels_of(hosts) if p["title"] == "CPU stolen")
    defaults = panel["fieldConfig"]["defaults"]
    assert defaults["unit"] == "percentunit"
    assert defaults["thresholds"]["steps"] == [
        {"color": "green", "value": None},
        {"color": "red", "value": 0.02},
    ]
    assert defaults["custom"]["thresholdsStyle"] == {"mode": "dashed"}


def test_a_mean_is_told_of_costs_and_not_of_percentiles_or_maxima() -> None:
    told = {
        panel["title"]: "mean" in panel["options"]["legend"]["calcs"]
        for dashboard in DASHBOARDS
        for panel in panels_of(dashboard)
        if panel["type"] == "timeseries"
    }
    without = {"Latency quantiles", "Latency p50", "Latency p99", "Event loop lag"}
    assert {title for title, mean in told.items() if not mean} == without


def test_a_panel_that_may_stay_empty_says_when() -> None:
    app = next(d for d in DASHBOARDS if d.uid == "benchrig-app")
    told = {panel.heading: panel.when for panel in app.panels}
    assert told["Waiting for the pool"] == "a run with --runtime-signals"
    assert told["Threads and starts"] == ""


def test_every_mistake_of_a_dashboard_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.yml").write_text(
        "uid: x\ntitle: X\ndescription: d\npanels:\n"
        "  - {kind: lines, signals: [tier_cpu_cores, tier_memory_bytes]}\n"
        "  - {kind: lines, signals: [tier_cpu_core]}\n"
    )
    monkeypatch.setattr(model, "FOLDER", tmp_path)
    load_dashboards.cache_clear()
    try:
        with pytest.raises(BenchrigError) as told:
            load_dashboards()
    finally:
        load_dashboards.cache_clear()
    assert "panel 1: its signals have the units bytes, cores" in str(told.value)
    assert "panel 2: 'tier_cpu_core' is no signal" in str(told.value)


def test_lines_of_two_app_servers_or_load_generators_are_told_apart() -> None:
    alike = [
        (dashboard.uid, panel.heading, signal.name)
        for dashboard in DASHBOARDS
        for panel in dashboard.panels
        for signal in panel.catalogued
        if panel.kind == "lines" and "host" in signal.by
        # PostgreSQL and nginx have a host each.
        if panel.only.get("tier") != "postgresql" and signal.job not in ("postgres", "nginx")
        if "{host}" not in panel.name_of(signal)
    ]
    assert alike == []


def test_a_line_is_called_by_labels_only_where_it_has_them() -> None:
    live = next(d for d in DASHBOARDS if d.uid == "benchrig-live")
    (shown,) = [p for p in panels_of(live) if p["title"].startswith("Connections,")]
    assert [target["legendFormat"] for target in shown["targets"]] == [
        "Connections open",
        "In flight",
        "Waiting to be accepted, {{host}}",
    ]
