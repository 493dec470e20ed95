"""Every driver on a real app, and what becomes of a run when a driver or its host is cut off."""

import json
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from benchrig.drivers import live
from benchrig.figures import figures
from benchrig.store.run import StoredRun, read_run
from tests.lab.rig import LabRig
from tests.lab.test_bench import SHORT, newest_run
from tests.lab.test_faults import NOT_VALID, USER_ERROR, active, start_bench, wait_until

LONG = ("--duration", "60s", "--warmup", "0", "--variant", "starlette-uvicorn")


def prometheus(rig: LabRig, query: str) -> list[float]:
    """Values of an instant query, asked on Prometheus' own host."""
    url = f"http://{rig.address('monitor')}:9090/api/v1/query"
    ask = "import json, sys, urllib.parse as p, urllib.request as u; "
    ask += (
        "print(u.urlopen(sys.argv[1] + '?' + p.urlencode({'query': sys.argv[2]})).read().decode())"
    )
    shown = rig.on("monitor", f"python3 -c \"{ask}\" {url} '{query}'")
    return [float(series["value"][1]) for series in json.loads(shown)["data"]["result"]]


def stored(rig: LabRig) -> StoredRun:
    """The run stored last."""
    return read_run(newest_run(rig))


@pytest.mark.parametrize("driver", ["ab", "h2load", "hey", "locust"])
def test_every_driver_measures_a_real_app(rig: LabRig, driver: str) -> None:
    # An app that waits: the slowest driver, Locust, would else be the limit, and the trial invalid.
    arguments = ["--variant", "starlette-uvicorn", "--workload", "sleep", "--set", "seconds=0.05"]
    shown = rig.fab("bench", *arguments, "--driver", driver, "--connections", "8", *SHORT).stdout
    assert "valid" in shown
    assert "invalid" not in shown
    client = figures(stored(rig).trials[0]).client
    assert client
    assert client.requests > 100
    assert client.errors.total == 0
    assert client.max_seconds > client.quantiles_seconds[0.5] > 0


def test_sockets_hear_of_joins_and_leaves(rig: LabRig) -> None:
    arguments = ["--variant", "starlette-uvicorn", "--workload", "websocket"]
    rig.fab("bench", *arguments, "--connections", "20", *SHORT)
    client = figures(stored(rig).trials[0]).client
    assert client
    assert client.requests > 20 * 21 / 2
    assert client.errors.total == 0


def test_an_open_loop_keeps_its_rate_and_is_seen_while_it_runs(rig: LabRig) -> None:
    arguments = ["--variant", "starlette-uvicorn", "--rate", "300", "--warmup", "0"]
    bench = start_bench(rig, *arguments, "--duration", "6s")
    wait_until(lambda: prometheus(rig, "benchrig_client_offered_requests_per_second") == [300.0])
    wait_until(lambda: prometheus(rig, "benchrig_client_connections_open") == [64.0])
    shown, said = bench.communicate(timeout=60)
    assert bench.returncode == 0, shown + said
    client = figures(stored(rig).trials[0]).client
    assert client
    assert client.open_loop
    assert client.open_loop.due == 1800
    assert client.requests_per_second == pytest.approx(300, rel=0.01)
    total = 'sum(increase(benchrig_client_requests_total{status="2xx"}[30s]))'
    assert prometheus(rig, total)[0] > 0


def test_ctrl_c_keeps_what_was_measured(rig: LabRig) -> None:
    bench = start_bench(rig, *LONG)
    wait_until(lambda: prometheus(rig, "benchrig_client_requests_total > 0") != [])
    begin = time.monotonic()
    bench.send_signal(signal.SIGINT)
    wait_until(lambda: "wrk" not in rig.on("loadgen", "ps -C wrk -o comm=", check=False))
    assert time.monotonic() - begin < 4  # two of them for asking
    bench.communicate(timeout=15)
    run = stored(rig)
    assert run.status == "interrupted"
    client = figures(run.trials[0]).client
    assert client
    assert client.requests > 0
    (measured,) = (r for r in run.trials[0].driver_runs if r.phase == "measure")
    assert list(live.read_lines(measured.files[live.LIVE_FILE]))[-1]["interrupted"] == "SIGINT"


def test_a_killed_driver_makes_the_trial_invalid_and_leaves_its_lines(rig: LabRig) -> None:
    bench = start_bench(rig, *LONG)
    wait_until(lambda: prometheus(rig, "benchrig_client_requests_total > 0") != [])
    rig.on("loadgen", "pkill -KILL -x wrk")
    shown, _ = bench.communicate(timeout=30)
    assert bench.returncode == NOT_VALID
    assert "no final line in live.jsonl after" in shown
    (kept,) = newest_run(rig).glob(f"trials/001/load/measure-loadgen/{live.LIVE_FILE}*")
    assert kept.stat().st_size > 0


def test_a_load_generator_that_is_cut_off_stops_its_driver(rig: LabRig) -> None:
    bench = start_bench(rig, *LONG)
    rig.on("loadgen", "pkill -KILL -f 'sshd: root@notty' || true", check=False)
    wait_until(partial(idle, rig), seconds=20)
    bench.communicate(timeout=60)
    assert bench.returncode in (USER_ERROR, NOT_VALID)


def idle(rig: LabRig) -> bool:
    """Nothing sends load."""
    running: subprocess.CompletedProcess[str] = rig.run(
        *rig.ssh_argv("loadgen", "ps -C wrk -o comm="), check=False
    )
    return running.returncode == 1 and active(rig, "loadgen") == ""


def test_more_connections_than_files_are_told_before_the_run(rig: LabRig) -> None:
    before = set(rig.results.iterdir())
    done = rig.fab("bench", *LONG, "--connections", "60000", check=False)
    assert done.returncode == USER_ERROR
    assert "--connections: loadgen: 60000 connections" in done.stderr
    assert set(rig.results.iterdir()) == before


def test_a_trial_near_the_generators_ceiling_is_invalid(rig: LabRig) -> None:
    arguments = ["--connections", "16", "--duration", "1s", "--repeats", "1", "--driver", "wrk"]
    shown = rig.fab("calibrate.driver", *arguments).stdout
    (path,) = (rig.results / "calibration").iterdir()
    assert str(path) in shown
    lower_ceilings(path)
    try:
        done = rig.fab("bench", "--variant", "starlette-uvicorn", *SHORT, check=False)
    finally:
        path.unlink()
    assert done.returncode == NOT_VALID
    assert "of its ceiling: " in done.stdout
    assert "(wrk, 16 connections, direct, measured " in done.stdout


def lower_ceilings(path: Path) -> None:
    """As if the load generators could do next to nothing."""
    stored = json.loads(path.read_text())
    for ceiling in stored["ceilings"]:
        ceiling["requests_per_second"] = 1.0
    path.write_text(json.dumps(stored))
