"""Two load generators on one server: started together, load shared out, histograms merged."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchrig.drivers import live
from benchrig.drivers.histogram import Histogram
from benchrig.figures import figures
from benchrig.store.run import read_run
from tests.lab.rig import LabRig
from tests.lab.test_bench import newest_run


@pytest.fixture
def two(rig: LabRig, tmp_path: Path) -> Iterator[LabRig]:
    """The rig with the monitoring host as a second load generator."""
    more = replace(rig, inventory=tmp_path / "two", results=tmp_path / "results")
    shutil.copytree(rig.inventory, more.inventory)
    path = more.inventory / "hosts.yml"
    hosts = yaml.safe_load(path.read_text())
    hosts["all"]["children"]["load_generators"]["hosts"]["monitor"] = {}
    path.write_text(yaml.safe_dump(hosts))
    provision = ("playbooks/provision.yml", "--limit", "monitor", "--tags")
    more.playbook(*provision, "wrk,load_generator,prometheus")
    try:
        yield more
    finally:
        rig.playbook(*provision, "prometheus")  # which watches one load generator again


def final_lines(run: Path) -> dict[str, dict[str, object]]:
    """Load generator to the last line of its live record of the measure phase."""
    paths = sorted(run.glob(f"trials/001/load/measure-*/{live.LIVE_FILE}"))
    return {p.parent.name: json.loads(p.read_text().splitlines()[-1]) for p in paths}


def test_two_generators_measure_as_one(two: LabRig) -> None:
    arguments = ["--variant", "starlette-uvicorn", "--connections", "9", "--rate", "401"]
    two.fab("bench", *arguments, "--duration", "4s", "--warmup", "1s")
    run = newest_run(two)
    trial = read_run(run).trials[0]
    client = figures(trial).client
    assert client
    asked = {r.host: [a for a in r.argv if "connections" in a] for r in trial.driver_runs[-2:]}
    assert asked == {"loadgen": ["--connections=5"], "monitor": ["--connections=4"]}
    assert client.open_loop
    assert client.open_loop.due == pytest.approx(4 * 401, abs=2)
    assert client.requests == client.open_loop.due
    assert client.start_skew_seconds < 0.1
    assert client.latency
    assert client.latency.count == client.requests
    whole = pooled(final_lines(run))
    assert client.latency.slots == whole.slots
    for quantile in (0.5, 0.9, 0.99, 0.999, 1.0):
        assert client.latency.quantile_seconds(quantile) == whole.quantile_seconds(quantile)


def pooled(lines: dict[str, dict[str, Any]]) -> Histogram:
    """One histogram of all raw counts of both, recorded into it slot by slot."""
    assert sorted(lines) == ["measure-loadgen", "measure-monitor"]
    each = [live.histogram(line["hist"]) for line in lines.values()]
    counts: Counter[int] = Counter()
    for histogram in each:
        counts.update(dict(histogram.slots))
    total = sum(h.count for h in each)
    mean = sum(h.mean_us * h.count for h in each) / total
    low, high = min(h.min_us for h in each), max(h.max_us for h in each)
    return Histogram(tuple(sorted(counts.items())), low, high, mean)
