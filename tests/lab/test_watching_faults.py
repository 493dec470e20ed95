"""What watches a run fails while it is on: the run goes on, the record tells what is missing."""

import re

from benchrig.store.run import find_run, read_run
from benchrig.trial.raw import Phase, RawTrial
from tests.lab.rig import LabRig
from tests.lab.test_faults import start_bench

LONG = ("--variant", "aiohttp", "--duration", "12s", "--warmup", "1s")


def newest_trial(rig: LabRig) -> RawTrial:
    """The trial of the run stored last."""
    return read_run(find_run(rig.results, "last")).trials[0]


def measure_of(raw: RawTrial) -> Phase:
    """Its measure phase."""
    return next(phase for phase in raw.phases if phase.name == "measure")


def test_a_prometheus_that_is_started_anew_leaves_a_gap_that_is_told(rig: LabRig) -> None:
    bench = start_bench(rig, *LONG)
    rig.on("monitor", "systemctl stop prometheus && sleep 4 && systemctl start prometheus")
    shown, errors = bench.communicate(timeout=90)
    assert bench.returncode == 0, errors
    assert "requests/s" in shown
    assert re.search(r"Prometheus read nothing for \d+ of 1[23] s", shown), shown
    raw = newest_trial(rig)
    measured = measure_of(raw)
    assert raw.telemetry
    (rate,) = raw.telemetry.find("client_requests_per_second")
    known = raw.telemetry.within(rate, measured.begin_unix + 6, measured.end_unix)
    assert 0 not in known
    first = round(measured.begin_unix - raw.telemetry.begin_unix)
    assert None in rate.values[first : first + 12]


def test_silent_and_slow_exporters_are_told_with_their_scrapes(rig: LabRig) -> None:
    rig.on("db", "systemctl stop prometheus-node-exporter")
    try:
        bench = start_bench(rig, *LONG)
        # Stopped like this it takes connections and answers none: each scrape runs into its limit.
        unit = "benchrig-exporter.service"
        stopped = f"systemctl kill --signal=STOP {unit} && sleep 4"
        rig.on("app", f"{stopped}; systemctl kill --signal=CONT {unit}")
        shown, errors = bench.communicate(timeout=90)
    finally:
        rig.on("db", "systemctl start prometheus-node-exporter")
    assert bench.returncode == 0, errors
    slow = re.search(r"exporter rig of host 'app' gave nothing in (\d) of \d+ scrapes", shown)
    assert slow, shown
    assert 2 <= int(slow[1]) <= 6
    down = re.search(r"exporter node of host 'db' gave nothing in (\d+) of (\d+) scrapes", shown)
    assert down, shown
    assert down[1] == down[2]
    assert "exporter load" not in shown
    raw = newest_trial(rig)
    measured = measure_of(raw)
    told = raw.telemetry
    assert told
    for series in told.find("host_memory_available_bytes", host="db"):  # known of the time before
        assert not told.within(series, measured.begin_unix, measured.end_unix)
    (cpu,) = told.find("tier_cpu_cores", tier="app")  # a mean over five seconds: it bridges four
    assert 0 not in told.within(cpu, measured.begin_unix + 2, measured.end_unix)
