"""The rig's own exporter: what it reads off cgroups, /proc and the kernel, as metrics."""

import errno
import http.client
import json
import os
import socket
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from benchrig.exporter import tiers
from benchrig.exporter.collector import HostFigures
from benchrig.exporter.errorlog import ErrorLog
from benchrig.exporter.runtime import RuntimeFiles
from benchrig.exporter.server import CONTENT_TYPE, make_server
from benchrig.exporter.tiers import TierReader
from benchrig.host import cgroups, diag, processes

CPU_STAT = "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\n"


@pytest.fixture
def cgroup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host's cgroups with one unit in it, whose only process is this test."""
    root = tmp_path / "cgroup"
    unit = root / "benchrig.slice" / "benchrig-app.slice"
    unit.mkdir(parents=True)
    monkeypatch.setattr(cgroups, "CGROUPS", root)
    for place in (root, unit):
        (place / "cpu.stat").write_text(CPU_STAT)
        (place / "cpu.pressure").write_text(
            "some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\n"
            "full avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n"
        )
    (unit / "cgroup.procs").write_text(f"{os.getpid()}\n")
    (unit / "cgroup.threads").write_text(
        "".join(f"{task.name}\n" for task in Path("/proc/self/task").iterdir())
    )
    return unit


def page(*readers: TierReader, **changes: Any) -> str:
    """What Prometheus would read of a host with these tiers."""
    values: dict[str, Any] = {
        "tiers": list(readers),
        "observers": [],
        "ports": [],
        "error_log": None,
        "runtime": RuntimeFiles(Path("/nowhere")),
    }
    registry = CollectorRegistry()
    registry.register(HostFigures(**(values | changes)))
    return generate_latest(registry).decode()


def test_a_tier_is_told_from_its_cgroup(cgroup: Path) -> None:
    shown = page(TierReader("app", "benchrig-app.slice"))
    assert 'benchrig_tier_cpu_seconds_total{mode="user",tier="app"} 2.0' in shown
    assert 'benchrig_tier_cpu_seconds_total{mode="system",tier="app"} 1.0' in shown
    assert (
        'benchrig_tier_pressure_seconds_total{kind="some",resource="cpu",tier="app"} 2.5' in shown
    )
    assert 'benchrig_tier_processes{tier="app"} 1.0' in shown
    assert 'benchrig_worker_cpu_seconds_total{tier="app",worker="0"}' in shown
    # No memory controller here: unknown, and not zero.
    assert 'benchrig_tier_memory_charged_bytes{tier="app"}' not in shown
    (cgroup / "memory.current").write_text("4096\n")
    assert 'benchrig_tier_memory_charged_bytes{tier="app"} 4096.0' in page(
        TierReader("app", "benchrig-app.slice")
    )


@pytest.mark.usefixtures("cgroup")
def test_a_tier_that_does_not_run_has_no_series() -> None:
    shown = page(TierReader("nginx", "nginx.service"))
    assert 'tier="nginx"' not in shown
    assert "benchrig_host_cpus" in shown


@pytest.mark.usefixtures("cgroup")
def test_a_hybrid_layout_is_read_in_its_unified_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hybrid = tmp_path / "hybrid"
    hybrid.mkdir()
    cgroups.CGROUPS.rename(hybrid / "unified")
    monkeypatch.setattr(cgroups, "CGROUPS", hybrid)
    found = cgroups.find_cgroup("benchrig-app.slice")
    assert found == hybrid / "unified/benchrig.slice/benchrig-app.slice"


def test_threads_are_told_one_by_one(cgroup: Path) -> None:
    stop = threading.Event()
    idle = threading.Thread(target=stop.wait)
    idle.start()
    try:
        deadline = time.process_time() + 0.1
        while time.process_time() < deadline:
            sum(range(1000))
        whole = processes.task(os.getpid())
        mine = processes.task(os.getpid(), os.getpid())
        other = processes.task(os.getpid(), idle.native_id or 0)
        assert whole is not None
        assert mine is not None
        assert other is not None
        assert other.cpu_seconds < mine.cpu_seconds <= whole.cpu_seconds
        (cgroup / "cgroup.threads").write_text(f"{os.getpid()}\n{idle.native_id}\n")
        figures = TierReader("load", "benchrig-app.slice", threads=True).read()
    finally:
        stop.set()
        idle.join()
    assert figures is not None
    assert figures.workers[1] == other.cpu_seconds


def test_a_number_is_kept_while_its_process_lives_and_then_given_on() -> None:
    reader = TierReader("app", "x.slice")
    me, parent = os.getpid(), os.getppid()
    reader._number([me])
    assert reader.numbers == {me: 0}
    reader._number([parent, me])
    assert reader.numbers == {me: 0, parent: 1}
    reader._number([parent])
    assert reader.numbers == {parent: 1}
    reader._number([parent, me])
    assert reader.numbers == {parent: 1, me: 0}


def test_each_start_of_a_service_is_counted_once(
    cgroup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiers, "INVOCATIONS", tmp_path)
    (cgroup / "benchrig-app@x.service").mkdir()
    link = tmp_path / "invocation:benchrig-app@x.service"
    reader = TierReader("app", "benchrig-app.slice")
    starts = []
    for invocation in ("one", "one", "two"):
        link.unlink(missing_ok=True)
        link.symlink_to(invocation)
        figures = reader.read()
        assert figures is not None
        starts.append(figures.starts)
    assert starts == [1, 1, 2]


def test_the_kernel_tells_how_many_wait_to_be_accepted() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=5) as server:
        port = server.getsockname()[1]
        before = [found for found in diag.listeners() if found.port == port]
        assert before == [diag.Listener(port, waiting=0, backlog=5)]
        with socket.create_connection(("127.0.0.1", port)):
            shown = page(ports=[port])
    assert f'benchrig_listen_queue_connections{{port="{port}"}} 1.0' in shown
    assert f'benchrig_listen_queue_share{{port="{port}"}} 0.2' in shown


def test_a_kernel_that_does_not_tell_its_sockets_leaves_the_queues_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse() -> list[diag.Listener]:
        raise OSError("the kernel does not tell its listening sockets (inet_diag)")

    monkeypatch.setattr(diag, "listeners", refuse)
    shown = page(ports=[8000])
    assert "benchrig_listen_queue" not in shown
    assert "benchrig_host_cpu_seconds_total" in shown


@pytest.mark.parametrize("number", [errno.ENOENT, errno.ENODEV])
def test_a_tier_that_stops_while_it_is_read_is_unknown(
    cgroup: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def gone(_: Path) -> int:
        raise OSError(number, os.strerror(number))

    assert cgroup.is_dir()
    monkeypatch.setattr(cgroups, "oom_kills", gone)
    assert TierReader("app", "benchrig-app.slice").read() is None


def test_of_workers_that_share_a_port_the_fullest_queue_counts() -> None:
    listening = partial(socket.create_server, backlog=4, reuse_port=True)
    with listening(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
        with listening(("127.0.0.1", port)):
            clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
            shares = [f.waiting / f.backlog for f in diag.listeners() if f.port == port]
            shown = page(ports=[port])
            for client in clients:
                client.close()
    assert len(shares) == 2
    assert sum(shares) == 0.75
    assert f'benchrig_listen_queue_connections{{port="{port}"}} 3.0' in shown
    assert f'benchrig_listen_queue_share{{port="{port}"}} {max(shares)}' in shown


def test_upstream_errors_are_counted_from_now_on_and_over_a_rotation(tmp_path: Path) -> None:
    path = tmp_path / "error.log"
    path.write_text("[error] connect() failed while connecting to upstream\n")
    log = ErrorLog(path)
    assert log.upstream_errors() == 0
    with path.open("a") as file:
        file.write(
            "[error] no live upstreams while connecting to upstream\n[warn] other\n[error] up"
        )
    assert log.upstream_errors() == 1
    path.rename(tmp_path / "error.log.1")
    path.write_text("[error] upstream timed out\n")
    assert log.upstream_errors() == 2
    path.unlink()
    assert log.upstream_errors() is None


def test_a_sampler_that_went_silent_is_unknown(tmp_path: Path) -> None:
    for pid, unix in ((1, time.time()), (2, time.time() - 60)):
        told = {"unix": unix, "gc_collections": [5, 1, 0], "tasks": 3}
        (tmp_path / f"{pid}.json").write_text(json.dumps(told))
    found = RuntimeFiles(tmp_path).read({1: 0, 2: 1, 3: 2})
    assert list(found) == [0]
    assert found[0].values == {"tasks": 3}
    assert found[0].collections == [5, 1, 0]


def test_the_page_is_served_over_a_kept_connection() -> None:
    figures = HostFigures([], [], [], None, RuntimeFiles(Path("/nowhere")))
    with make_server("127.0.0.1", 0, figures) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)
        for _ in range(2):
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            assert answer.headers["Content-Type"] == CONTENT_TYPE
            assert b"benchrig_host_cpus" in answer.read()
        connection.close()
        server.shutdown()
