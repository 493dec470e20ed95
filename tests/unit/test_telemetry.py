"""A trial's telemetry: samples, their archive, signals on one clock, and what is missing."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from benchrig.drivers.base import Tool
from benchrig.errors import BenchrigError
from benchrig.inventory import Host, Inventory
from benchrig.signals.series import Series, Telemetry, on_grid
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec, read_run
from benchrig.store.telemetry import SAMPLES, TELEMETRY
from benchrig.trial.raw import Phase
from benchrig.trial.samples import fetch, openmetrics
from benchrig.trial.telemetry import Scrapes, arrange, missing_of, scrapes_of
from tests.factories import BEGIN, make_raw
from tests.promtool import promtool

RATE = "benchrig:client_requests_per_second"
AGE = "benchrig:scrape_age_seconds"


def prometheus(*series: tuple[dict[str, str], list[tuple[float, str]]]) -> Any:
    """Something that answers range selectors as Prometheus does: begin excluded, end included."""

    def ask(path: str, query: dict[str, Any]) -> Any:
        assert path == "query"
        found = re.search(r"\[(\d+)ms\]", query["query"])
        assert found
        until = float(query["time"])
        since = until - int(found[1]) / 1000
        return {
            "status": "success",
            "data": {
                "result": [
                    {"metric": labels, "values": kept}
                    for labels, values in series
                    if (kept := [[t, v] for t, v in values if since < t <= until])
                ]
            },
        }

    return ask


def test_a_line_is_moved_back_by_the_age_of_its_samples() -> None:
    samples = [(t + 0.0, 10.0 * t) for t in range(5)]
    ages = [(t + 0.0, 0.25) for t in range(5)]
    # The value evaluated at second 1 was seen at 0.75: at second 1 it is between 10 and 20.
    assert on_grid(samples, ages, 1.0, 3, steady=False) == (12.5, 22.5, 32.5)


def test_counts_are_not_made_up_between_samples() -> None:
    samples = [(0.0, 4.0), (1.0, 4.0), (2.0, 5.0), (3.0, 5.0)]
    ages = [(t + 0.0, 0.4) for t in range(4)]
    assert on_grid(samples, ages, 0.0, 4, steady=True) == (4.0, 4.0, 5.0, 5.0)


def test_a_gap_is_unknown_and_never_zero() -> None:
    samples = [(0.0, 1.0), (1.0, 1.0), (6.0, 1.0), (7.0, 1.0)]
    ages = [(t + 0.0, 0.0) for t in range(8)]
    assert on_grid(samples, ages, 0.0, 8, steady=False) == (1, 1, 1, None, None, None, 1, 1)
    assert on_grid(samples, [], 0.0, 2, steady=False) == (None, None)
    nan = [(0.0, 1.0), (1.0, float("nan")), (2.0, float("nan")), (3.0, float("inf"))]
    assert on_grid(nan, ages, 0.0, 4, steady=False) == (1.0, 1.0, None, None)


def test_everything_is_fetched_once_however_it_is_cut() -> None:
    values = [(float(t), str(t)) for t in range(400)]
    samples = fetch(prometheus(({"__name__": "up", "job": "rig"}, values)), 9.0, 399.0)
    assert samples.series["up", (("job", "rig"),)] == values[10:]


def test_what_prometheus_refuses_is_an_error() -> None:
    with pytest.raises(OSError, match="too many samples"):
        fetch(lambda *_: {"status": "error", "error": "too many samples"}, 0.0, 5.0)


def test_the_archive_can_be_put_back_into_prometheus(tmp_path: Path) -> None:
    labels = {"__name__": "a_total", "quoted": 'say "\\"'}
    series = (labels, [(1_700_000_000.123, "1.5"), (1_700_000_001.0, "2e+06")])
    plain = ({"__name__": RATE}, [(1_700_000_000.0, "NaN")])
    packed = openmetrics(fetch(prometheus(series, plain), 1_699_999_990.0, 1_700_000_010.0))
    text = gzip.decompress(packed).decode()
    assert text == (
        'a_total{quoted="say \\"\\\\\\""} 1.5 1700000000.123\n'
        'a_total{quoted="say \\"\\\\\\""} 2e+06 1700000001.000\n'
        "benchrig:client_requests_per_second NaN 1700000000.000\n"
        "# EOF\n"
    )
    (tmp_path / "samples.om").write_text(text)
    promtool("tsdb", "create-blocks-from", "openmetrics", tmp_path / "samples.om", tmp_path)
    (tmp_path / "wal").mkdir()  # a data folder without one is none to promtool
    dumped = promtool("tsdb", "dump", tmp_path)
    assert '{__name__="a_total", quoted="say \\"\\\\\\""} 1.5 1700000000123' in dumped


def test_signals_are_arranged_in_our_clock() -> None:
    ahead = 5.0  # Prometheus' clock
    moments = [BEGIN + ahead + t for t in range(12)]
    rate = ({"__name__": RATE}, [(t, "100") for t in moments])
    age = ({"__name__": AGE, "job": "load", "host": "loadgen"}, [(t, "0.5") for t in moments])
    samples = fetch(prometheus(rate, age), moments[0] - 1, moments[-1])
    told = arrange(samples, ahead, BEGIN, BEGIN + 10)
    assert told.begin_unix == BEGIN
    assert told.signals["client_requests_per_second"] == (Series({}, (100.0,) * 11),)
    assert told.within(told.find("client_requests_per_second")[0], BEGIN, BEGIN + 3) == [100.0] * 4
    assert "tier_cpu_cores" not in told.signals


def rig_of_two() -> Inventory:
    """A load generator and an app server."""
    hosts = {
        "loadgen": Host("loadgen", "192.0.2.11", "192.0.2.11", ("load_generators",)),
        "app": Host("app", "192.0.2.12", "192.0.2.12", ("app_servers",)),
    }
    return Inventory("inventory/x", hosts, "")


EVERY = [(job, host) for job in ("node", "rig", "process") for host in ("loadgen", "app")]
WITHOUT_LIVE = {"loadgen": {"wrk": Tool("4.1.0", live=False)}}
WITH_LIVE = {"loadgen": {"wrk": Tool("4.1.0", live=True)}}
TWO_SECONDS = [Phase("measure", BEGIN, BEGIN + 2)]
NOBODY = Telemetry(BEGIN, 1.0, {})


def answered(*moments: float) -> list[tuple[float, bool]]:
    """Scrapes that were answered, so many seconds after the measure phase began."""
    return [(BEGIN + t, True) for t in moments]


def test_an_exporter_that_was_silent_is_named_with_its_scrapes() -> None:
    scrapes: Scrapes = {name: answered(0.5, 1.5) for name in EVERY if name != ("node", "loadgen")}
    scrapes["rig", "app"] = [(BEGIN + 0.4, False), (BEGIN + 1.4, True)]
    up = (Series({"job": "rig", "host": "app"}, (1.0, 1.0)),)
    raw = make_raw(tools=WITHOUT_LIVE, phases=TWO_SECONDS)
    found = missing_of(rig_of_two(), raw, Telemetry(BEGIN, 1.0, {"exporter_up": up}), scrapes)
    assert "exporter node of host 'loadgen' is not known to Prometheus" in found
    assert "exporter rig of host 'app' gave nothing in 1 of 2 scrapes" in found
    assert "signal 'tier_cpu_cores' has no values in the measure phase" in found
    assert "signal 'exporter_up' has no values in the measure phase" not in found
    # This driver has no live figures, so that nobody waits for any, or for what is made of them.
    of_clients = ("client_", "exporter load", "per_request")
    assert not any(part in text for text in found for part in of_clients)


def test_a_phase_between_two_moments_is_known_by_the_one_after_it() -> None:
    up = (Series({"job": "rig", "host": "app"}, (None, 1.0)),)
    for end, known in ((0.6, True), (-0.5, False)):
        short = [Phase("measure", BEGIN + end - 0.4, BEGIN + end)]
        raw = make_raw(tools=WITHOUT_LIVE, phases=short)
        found = missing_of(rig_of_two(), raw, Telemetry(BEGIN, 1.0, {"exporter_up": up}), {})
        assert ("signal 'exporter_up' has no values in the measure phase" not in found) == known


def test_the_exporter_of_a_load_may_be_away_before_it_begins_and_after_it_ends() -> None:
    scrapes = {name: answered(0.5, 1.5) for name in EVERY}
    away = [(BEGIN - 0.1, False), (BEGIN + 0.9, True), (BEGIN + 2.1, False)]
    raw = make_raw(tools=WITH_LIVE, phases=TWO_SECONDS)
    found = missing_of(rig_of_two(), raw, NOBODY, scrapes | {("load", "loadgen"): away})
    assert not any("exporter" in text and "gave nothing" in text for text in found)


def test_a_prometheus_that_was_started_anew_is_told_once() -> None:
    scrapes = {name: answered(0.5, 1.5, 7.5, 8.5, 9.5) for name in EVERY}
    phases = [Phase("measure", BEGIN, BEGIN + 10)]
    raw = make_raw(tools=WITHOUT_LIVE, phases=phases)
    found = missing_of(rig_of_two(), raw, NOBODY, scrapes)
    assert [text for text in found if "signal" not in text] == [
        "Prometheus read nothing for 6 of 10 s"
    ]


def test_scrapes_are_told_in_our_clock() -> None:
    ahead = 5.0  # Prometheus' clock
    up = ({"__name__": "up", "job": "rig", "host": "app"}, [(BEGIN + ahead, "1"), (BEGIN + 6, "0")])
    samples = fetch(prometheus(up), BEGIN, BEGIN + 10)
    assert scrapes_of(samples, ahead) == {("rig", "app"): [(BEGIN, True), (BEGIN + 1, False)]}


def test_telemetry_is_stored_beside_the_record_and_older_runs_stay_readable(
    tmp_path: Path,
) -> None:
    told = Telemetry(BEGIN, 1.0, {"tier_cpu_cores": (Series({"tier": "app"}, (0.5, None)),)})
    spec = RunSpec(SCHEMA, "run", BEGIN, "fab bench", "inventory/lab", "benchrig")
    run = RunDirectory(tmp_path, spec)
    folder = run.add(1, make_raw(telemetry=told, samples_gz=b"packed"))
    assert (folder / SAMPLES).read_bytes() == b"packed"
    assert "tier_cpu_cores" not in (folder / "raw.json").read_text()
    assert read_run(run.path).trials[0].telemetry == told
    (folder / TELEMETRY).write_bytes(b"\x1f\x8b damaged")
    with pytest.raises(BenchrigError, match=r"telemetry\.json\.gz"):
        read_run(run.path)
    (folder / TELEMETRY).unlink()
    assert read_run(run.path).trials[0].telemetry is None
