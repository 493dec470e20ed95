"""``fab bench`` end to end: real hosts, real load, a stored run."""

import json
import re
from pathlib import Path

import pytest

from tests.lab.rig import LabRig

SHORT = ("--duration", "2s", "--warmup", "1s")
VARIANTS = ["flask-sync", "quart", "quart-uvloop", "starlette-uvicorn", "aiohttp"]


def newest_run(rig: LabRig) -> Path:
    """Directory of the run stored last."""
    return max(rig.results.glob("*/run.json"), key=lambda p: p.stat().st_mtime).parent


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_gives_a_result_that_counts(rig: LabRig, variant: str) -> None:
    shown = rig.fab("bench", "--variant", variant, "--workload", "brands", *SHORT).stdout
    # Two seconds on a busy machine may be suspect: they drift.
    assert re.search(r"^  (valid|suspect)$", shown, re.MULTILINE), shown
    for tier in ("load generator", "nginx", "app", "PostgreSQL"):
        assert re.search(rf"^ {tier} +\d+\.\d\d", shown, re.MULTILINE), shown


def test_several_workers_are_shown_with_their_connections(rig: LabRig) -> None:
    arguments = ["--variant", "starlette-uvicorn", "--workers", "2", "--via", "nginx", *SHORT]
    shown = rig.fab("bench", *arguments).stdout
    rows = re.findall(r"^ app \d+ +\d\.\d\d +\S+ \S+ +(\d+)", shown, re.MULTILINE)
    assert sum(int(row) > 0 for row in rows) == 2, shown
    assert re.search(r"^ nginx +0\.[0-9]*[1-9]", shown, re.MULTILINE), shown


def test_the_run_is_stored_and_shown_again(rig: LabRig) -> None:
    first = rig.fab("bench", "--variant", "aiohttp", "--repeats", "2", *SHORT).stdout
    run = newest_run(rig)
    assert [p.name for p in sorted((run / "trials").iterdir())] == ["001", "002"]
    assert json.loads((run / "finished.json").read_text())["status"] == "complete"
    shown = rig.fab("show", run.name).stdout
    rates = re.findall(r"^ +([\d,]+) +\d\.\d\d", first, re.MULTILINE)
    assert len(rates) == 2
    assert all(rate in shown for rate in rates)
    assert run.name in rig.fab("runs").stdout


def test_nothing_is_left_running(rig: LabRig) -> None:
    rig.fab("bench", "--variant", "quart", *SHORT)
    pattern = "'benchrig-app@*' 'benchrig-load*'"
    for host in ("app", "loadgen"):
        assert rig.on(host, f"systemctl list-units --no-legend --state=active {pattern}") == ""
