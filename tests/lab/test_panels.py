"""Every panel of every dashboard shows something of a real run; the page works in a browser."""

import json
import re
import time
import urllib.parse
from typing import Any

import pytest

from benchrig.dashboards.model import FOLDER, Dashboard, Panel, load_dashboards
from benchrig.signals.catalogue import Signal
from benchrig.store.run import find_run, read_run
from tests.lab.rig import LabRig


@pytest.fixture(scope="module")
def window(rig: LabRig) -> tuple[float, float]:
    """Begin and end of a real run through all tiers, looked into from the inside too."""
    load = ("--workload", "db", "--via", "nginx", "--rate", "200", "--runtime-signals")
    rig.fab("bench", "--variant", "quart-uvloop", *load, "--duration", "12s", check=False)
    run = read_run(find_run(rig.results, "last"))
    raw = run.trials[0]
    return raw.begin_unix, raw.phases[-1].end_unix


def ask(rig: LabRig, path: str, **query: Any) -> Any:
    """Prometheus' answer, asked on its own host."""
    url = f"http://{rig.address('monitor')}:9090/api/v1/{path}?{urllib.parse.urlencode(query)}"
    program = f"import urllib.request as u; print(u.urlopen({url!r}).read().decode())"
    return json.loads(rig.on("monitor", f'python3 -c "{program}"'))["data"]["result"]


def opened(expr: str) -> str:
    """A panel's query with every variable set to all, as a fresh dashboard has them."""
    for name, value in {"run": ".*", "variant": ".*", "host": ".*", "replay": ""}.items():
        expr = expr.replace(f"${name}", value)
    return expr


DASHBOARDS = FOLDER.parent
CASES = [
    (dashboard, panel, signal)
    for dashboard in load_dashboards()
    if not dashboard.compare
    for panel in dashboard.panels
    for signal in panel.catalogued
]


@pytest.mark.parametrize(
    ("dashboard", "panel", "signal"), CASES, ids=lambda v: getattr(v, "uid", getattr(v, "name", ""))
)
def test_a_panel_shows_something_of_a_real_run(
    rig: LabRig,
    window: tuple[float, float],
    dashboard: Dashboard,
    panel: Panel,
    signal: Signal,
) -> None:
    begin, end = window
    query = opened(dashboard.expression(panel, signal))
    assert ask(rig, "query_range", query=query, start=begin, end=end, step=1), query


def test_processes_of_app_nginx_and_driver_are_told_apart(
    rig: LabRig, window: tuple[float, float]
) -> None:
    query = "count by (groupname) (benchrig:process_resident_bytes)"
    found = ask(rig, "query_range", query=query, start=window[0], end=window[1], step=1)
    assert {one["metric"]["groupname"] for one in found} >= {"app", "nginx", "wrk"}


def test_a_replayed_run_shows_in_every_panel_of_the_comparison(
    rig: LabRig, window: tuple[float, float]
) -> None:
    assert window[1] > window[0]
    shown = rig.fab("replay", "last").stdout
    found = re.search(r"replay=(\S+)&begin=(\d+)&end=(\d+)", shown)
    assert found, shown
    comparison = next(d for d in load_dashboards() if d.compare)
    empty = []
    for panel in comparison.panels:
        for signal in panel.catalogued:
            expr = comparison.expression(panel, signal).replace("$host", ".*")
            query = expr.replace("$runs", re.escape(found[1]).replace("\\", "\\\\"))
            asked = {"start": found[2], "end": found[3], "step": 1}
            if not ask(rig, "query_range", query=query, **asked):
                empty.append(query)
    assert empty == []


def test_the_live_page_and_all_it_needs_are_served(rig: LabRig) -> None:
    page = f"http://{rig.address('monitor')}:9090/user/"
    assert page in rig.fab("live").stdout
    index = (DASHBOARDS / "live" / "index.html").read_text()
    needed = re.findall(r'(?:src|href)="([^":]+)"', index)
    assert "charts.js" in needed
    for name in ("", *needed, "dashboards.json"):
        rig.on("monitor", f"python3 -c \"import urllib.request as u; u.urlopen('{page}{name}')\"")


def test_watch_shows_the_run_that_is_on(rig: LabRig) -> None:
    begin = time.monotonic()
    shown = rig.fab("watch", "--duration", "2s").stdout
    assert time.monotonic() - begin >= 2
    assert "Requests answered" in shown
    assert re.search(r"^ postgresql +\d", shown, re.MULTILINE)
