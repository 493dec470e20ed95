"""Things that go wrong on the hosts: a clear error or a labelled result, nothing left running."""

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab.rig import LabRig

SHORT = ("--duration", "2s", "--warmup", "1s")
USER_ERROR, NOT_VALID = 2, 3


def start_bench(rig: LabRig, *arguments: str) -> "subprocess.Popen[str]":
    """Start a bench and come back when it measures."""
    bench = rig.start_fab("bench", *arguments)
    assert bench.stdout
    for line in bench.stdout:
        if " measure" in line:
            return bench
    raise AssertionError(bench.stderr.read() if bench.stderr else "")


def wait_until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait for a condition; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def active(rig: LabRig, host: str) -> str:
    """Units of the rig that run on a host."""
    pattern = "'benchrig-app@*' 'benchrig-load*'"
    return rig.on(host, f"systemctl list-units --no-legend --state=active {pattern}")


@pytest.fixture
def services(rig: LabRig) -> Iterator[str]:
    """The file that tells apps their services; as it was when the test ends."""
    path = "/opt/benchrig/services.env"
    rig.on("app", f"cp --preserve {path} {path}.kept")
    yield path
    rig.on("app", f"mv {path}.kept {path}")


def test_a_wrong_password_is_told_in_one_line(rig: LabRig, services: str) -> None:
    rig.on("app", f"sed -i 's|benchrig:[^@]*@|benchrig:wrong@|' {services}")
    done = rig.fab("bench", "--variant", "quart", *SHORT, check=False)
    assert done.returncode == NOT_VALID
    assert "  invalid" in done.stdout
    assert "the app ended while it started" in done.stdout
    (line,) = [text for text in done.stdout.splitlines() if "refuses the password" in text]
    assert f"{services}, DATABASE_URL: PostgreSQL refuses the password of 'benchrig'" in line
    assert active(rig, "app") == ""


def test_a_database_that_is_down_is_told_in_one_line(rig: LabRig) -> None:
    rig.on("db", "systemctl stop postgresql")
    try:
        done = rig.fab("bench", "--variant", "starlette-uvicorn", *SHORT, check=False)
    finally:
        rig.on("db", "systemctl start postgresql")
    assert done.returncode == NOT_VALID
    assert "  invalid" in done.stdout
    (line,) = [text for text in done.stdout.splitlines() if "no PostgreSQL answers there" in text]
    assert "run `ansible-playbook site.yml --tags postgresql`" in line


def test_a_held_port_names_its_holder(rig: LabRig) -> None:
    holder = f"python3 -m http.server --bind {rig.address('app')} 8000"
    rig.on("app", f"systemd-run --quiet --unit=squatter {holder}")
    wait_until(lambda: ":8000" in rig.on("app", "ss -Hltn"))
    try:
        done = rig.fab("bench", "--variant", "quart", *SHORT, check=False)
    finally:
        rig.on("app", "systemctl stop squatter")
    assert done.returncode == NOT_VALID
    assert "  invalid" in done.stdout
    (line,) = [text for text in done.stdout.splitlines() if "port 8000 is held by PID" in text]
    assert "of squatter.service; stop it: `systemctl stop squatter.service`" in line


def test_wrk_missing_is_told(rig: LabRig) -> None:
    rig.on("loadgen", "mv /opt/benchrig/wrk/current /opt/benchrig/wrk/away")
    try:
        done = rig.fab("bench", "--variant", "quart", *SHORT, check=False)
    finally:
        rig.on("loadgen", "mv /opt/benchrig/wrk/away /opt/benchrig/wrk/current")
    assert done.returncode == NOT_VALID
    assert "wrk can not be run: No such file or directory" in done.stdout
    assert "`ansible-playbook site.yml --limit load_generators` puts it there" in done.stdout


@pytest.mark.parametrize(
    ("away", "back"),
    [("stop", "start"), ("kill --signal=STOP", "kill --signal=CONT")],
    ids=["down", "hangs"],
)
def test_without_prometheus_the_client_result_is_kept(rig: LabRig, away: str, back: str) -> None:
    rig.on("monitor", f"systemctl {away} prometheus")
    try:
        done = rig.fab("bench", "--variant", "aiohttp", *SHORT)
    finally:
        rig.on("monitor", f"systemctl {back} prometheus")
    assert "requests/s" in done.stdout
    assert "suspect" in done.stdout
    assert "the trial has no telemetry" in done.stdout


def test_a_killed_app_makes_the_trial_invalid(rig: LabRig) -> None:
    bench = start_bench(rig, "--variant", "aiohttp", "--duration", "4s", "--warmup", "1s")
    rig.on("app", "systemctl kill --signal=KILL 'benchrig-app@*'")
    shown, _ = bench.communicate(timeout=60)
    assert bench.returncode == NOT_VALID
    assert "invalid" in shown
    assert "not running (signal)" in shown


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "kill"])
def test_who_ends_a_bench_stops_the_load_and_keeps_the_run(rig: LabRig, by: signal.Signals) -> None:
    bench = start_bench(rig, "--variant", "aiohttp", "--duration", "60s", "--warmup", "1s")
    bench.send_signal(by)
    bench.communicate(timeout=15)
    assert bench.returncode != 0
    wait_until(lambda: active(rig, "loadgen") == "", seconds=3)
    wait_until(lambda: active(rig, "app") == "", seconds=5)
    assert "interrupted" in rig.fab("runs").stdout


def test_a_killed_control_node_leaves_no_load_and_no_app_behind(rig: LabRig) -> None:
    bench = start_bench(rig, "--variant", "aiohttp", "--duration", "60s", "--warmup", "1s")
    bench.kill()
    bench.communicate(timeout=5)
    wait_until(lambda: active(rig, "loadgen") == "", seconds=5)
    wait_until(lambda: active(rig, "app") == "", seconds=5)
    assert "unfinished" in rig.fab("runs").stdout


def test_a_second_operator_is_told_who_has_the_rig(rig: LabRig) -> None:
    bench = start_bench(rig, "--variant", "aiohttp", "--duration", "6s", "--warmup", "1s")
    second = rig.fab("bench", "--variant", "quart", *SHORT, check=False)
    bench.communicate(timeout=60)
    assert second.returncode == USER_ERROR
    assert "the rig is in use by" in second.stderr
    assert bench.returncode == 0


def test_an_unreachable_host_is_named(rig: LabRig, tmp_path: Path) -> None:
    elsewhere = replace(rig, inventory=tmp_path / "inventory")
    shutil.copytree(rig.inventory, elsewhere.inventory)
    hosts = elsewhere.inventory / "hosts.yml"
    hosts.write_text(hosts.read_text().replace(rig.address("proxy"), f"{rig.prefix}99"))
    done = elsewhere.fab("bench", "--variant", "quart", *SHORT, check=False)
    assert done.returncode == USER_ERROR
    assert f"host 'proxy': no SSH to root@{rig.prefix}99" in done.stderr
