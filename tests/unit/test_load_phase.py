"""The load session's parts, with a real process as the driver."""

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from benchrig.drivers import live
from benchrig.drivers.base import (
    Driver,
    LoadRequest,
    LoadResult,
    Output,
    Tool,
    UnreadableOutput,
)
from benchrig.host.clock import ClockStepped
from benchrig.host.lines import Closed, Lines
from benchrig.load import phase as phase_module
from benchrig.load.live_writer import LiveWriter
from benchrig.load.metrics import LiveMetrics, registry_of
from benchrig.load.phase import Phase, run_phase
from benchrig.load.session import Session


class Script(Driver):
    """A driver that is a few lines of Python."""

    name = "script"
    summary = "for tests"

    def argv(self, request: LoadRequest) -> list[str]:
        """Not asked for here."""
        raise NotImplementedError

    def parse(self, output: Output) -> LoadResult:
        """The live record."""
        return live.result(output.files[live.LIVE_FILE])

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """Not asked for here."""
        raise NotImplementedError


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> tuple[Lines, int]:
    """A line to talk over, and the descriptor that speaks into it."""
    reading, writing = os.pipe()
    monkeypatch.setattr("benchrig.host.lines.STANDARD_INPUT", reading)
    return Lines(), writing


def script(text: str, max_seconds: float = 20) -> Phase:
    """A phase that runs some Python."""
    return Phase("measure", Script(), [sys.executable, "-c", text], {}, 0.0, max_seconds)


def test_everything_a_driver_leaves_comes_back(lines: tuple[Lines, int], tmp_path: Path) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); open('kept', 'w').write('x')"
    code += "\nimport time\nwhile time.process_time() < 0.05: pass\nsys.exit(3)"  # ticks are 10 ms
    left = run_phase(script(code), str(tmp_path), lines[0], LiveMetrics())
    assert (left["stdout"], left["stderr"], left["exit"]) == ("out\n", "err\n", 3)
    assert left["files"] == {"kept": "x"}
    assert left["stopped"] == ""
    assert left["cpu_seconds"] > 0


def test_a_driver_that_is_not_there_is_told(lines: tuple[Lines, int], tmp_path: Path) -> None:
    missing = Phase("measure", Script(), ["/no/such/tool"], {}, 0.0, 5)
    left = run_phase(missing, str(tmp_path), lines[0], LiveMetrics())
    assert left["exit"] == 127
    assert left["stderr"] == "/no/such/tool can not be run: No such file or directory"


def test_a_clock_that_was_set_is_not_waited_for(lines: tuple[Lines, int], tmp_path: Path) -> None:
    late = replace(script("pass"), at_unix=time.time() + 600)
    with pytest.raises(ClockStepped, match="lies 600 s ahead"):
        run_phase(late, str(tmp_path), lines[0], LiveMetrics())


def test_a_folder_that_can_not_be_made_is_told_and_does_not_end_the_session(
    lines: tuple[Lines, int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "full"))
    asked: dict[str, Any] = {
        "ask": "phase",
        "phase": "measure",
        "driver": "wrk",
        "argv": [],
        "setup": {},
    }
    asked |= {"at": 0, "max_seconds": 1, "labels": {"run_id": "x"}, "live": False}
    os.write(lines[1], f'{json.dumps(asked)}\n{{"ask": "clock"}}\n'.encode())
    os.close(lines[1])
    Session(lines[0], LiveMetrics()).serve()
    failed, clock = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert str(tmp_path / "full") in failed["failed"]
    assert set(clock) == {"unix"}


def test_a_driver_that_runs_too_long_is_stopped(lines: tuple[Lines, int], tmp_path: Path) -> None:
    begin = time.monotonic()
    left = run_phase(
        script("import time; time.sleep(60)", 0.5), str(tmp_path), lines[0], LiveMetrics()
    )
    assert left["stopped"] == "it ran longer than 0 s"
    assert time.monotonic() - begin < 4


def test_told_to_stop_it_keeps_what_the_driver_has(
    lines: tuple[Lines, int], tmp_path: Path
) -> None:
    code = "import signal, sys, time; signal.signal(2, lambda *_: sys.exit(print('last words')))\n"
    os.write(lines[1], b'{"ask":"alive"}\n')
    threading.Timer(0.5, os.write, (lines[1], b'{"ask":"stop"}\n')).start()
    left = run_phase(script(code + "time.sleep(60)"), str(tmp_path), lines[0], LiveMetrics())
    assert (left["stopped"], left["stdout"]) == ("told to stop", "last words\n")


def test_a_driver_never_outlives_its_control_node(lines: tuple[Lines, int], tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    threading.Timer(0.5, os.close, (lines[1],)).start()
    with pytest.raises(Closed):
        run_phase(script(code), str(tmp_path), lines[0], LiveMetrics())
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


def test_silence_ends_the_session_too(
    lines: tuple[Lines, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phase_module, "LEASE_SECONDS", 0.5)
    with pytest.raises(Closed):
        run_phase(script("import time; time.sleep(60)"), str(tmp_path), lines[0], LiveMetrics())


def test_what_our_writer_writes_our_reader_reads(tmp_path: Path) -> None:
    path = tmp_path / live.LIVE_FILE
    writer = LiveWriter(path, "/json", 2)
    for latency in (500, 1500, 2500):
        writer.answer(latency, 200, 100)
    writer.tick()
    writer.answer(9000, 503, 10)
    writer.error("connect", "ECONNREFUSED")
    writer.error("timeout", "")
    writer.finish()
    result = live.result(path.read_text())
    assert result.requests == 3
    assert result.bytes_read == 310
    assert result.errors.detail == {"connect ECONNREFUSED": 1, "status 503": 1}
    assert (result.errors.status, result.errors.timeout) == (1, 1)
    assert result.latency
    assert (result.latency.count, result.latency.max_us) == (4, 9000)
    deltas = [live.counters(line).slots for line in list(live.read_lines(path.read_text()))[1:]]
    assert sum(count for slots in deltas for _, count in slots) == 4


def test_a_driver_that_died_leaves_no_final_line(tmp_path: Path) -> None:
    path = tmp_path / live.LIVE_FILE
    writer = LiveWriter(path, "/json", 2)
    writer.tick()
    two_lines = path.read_text()
    writer.finish()
    with pytest.raises(UnreadableOutput, match=r"no final line in live.jsonl after 2 lines"):
        live.result(two_lines)
    with pytest.raises(UnreadableOutput, match="broken"):
        live.result(two_lines + "broken")


def test_metrics_grow_over_phases_and_never_fall(tmp_path: Path) -> None:
    metrics = LiveMetrics()
    for phase in ("warm-up", "measure"):
        writer = LiveWriter(tmp_path / "live.jsonl", "/json", 2)
        metrics.begin(phase, {"run_id": "r", "trial": "1", "variant": "aiohttp"}, live=True)
        writer.answer(1000, 200, 10)
        writer.answer(30_000_000, 200, 10)
        writer.finish()
        final = list(live.read_lines((tmp_path / "live.jsonl").read_text()))[-1]
        metrics.update(live.counters(final))
        shown = generate_latest(registry_of(metrics)).decode()
        of = 'run_id="r",trial="1",variant="aiohttp",workload=""'
        assert f'benchrig_phase{{phase="{phase}",{of}}} 1.0' in shown
        assert f"benchrig_run{{{of}}} 1.0" in shown
        metrics.end()
    shown = generate_latest(registry_of(metrics)).decode()
    assert 'benchrig_client_requests_total{status="2xx"} 4.0' in shown
    assert "benchrig_client_received_bytes_total 40.0" in shown
    assert 'benchrig_client_latency_seconds_bucket{le="0.001"} 2.0' in shown
    assert 'benchrig_client_latency_seconds_bucket{le="+Inf"} 4.0' in shown
    assert "benchrig_phase{" not in shown
    assert json.dumps("benchrig_client_connections_open")[1:-1] in shown


def test_a_driver_that_tells_nothing_leaves_the_clients_unknown(tmp_path: Path) -> None:
    metrics = LiveMetrics()
    for phase in ("warm-up", "measure"):
        metrics.begin(phase, {"run_id": "r"}, live=False)
        shown = generate_latest(registry_of(metrics)).decode()
        assert f'benchrig_phase{{phase="{phase}"' in shown
        assert "benchrig_client" not in shown
        metrics.end()
        assert "benchrig_client" not in generate_latest(registry_of(metrics)).decode()
    writer = LiveWriter(tmp_path / "live.jsonl", "/json", 2)
    writer.answer(1000, 200, 10)
    writer.finish()
    metrics.begin("measure", {"run_id": "r"}, live=True)
    (_, tick) = live.read_lines((tmp_path / "live.jsonl").read_text())
    metrics.update(live.counters(tick))
    shown = generate_latest(registry_of(metrics)).decode()
    assert 'benchrig_client_requests_total{status="2xx"} 1.0' in shown


def test_totals_stay_until_a_driver_that_tells_says_its_first_word(tmp_path: Path) -> None:
    metrics = LiveMetrics()
    writer = LiveWriter(tmp_path / "live.jsonl", "/json", 2)
    writer.answer(1000, 200, 10)
    writer.finish()
    (_, tick) = live.read_lines((tmp_path / "live.jsonl").read_text())
    for phase in ("warm-up", "measure"):
        metrics.begin(phase, {"run_id": "r"}, live=True)
        before = generate_latest(registry_of(metrics)).decode()
        assert 'benchrig_client_requests_total{status="2xx"}' in before
        assert "benchrig_client_connections_open" not in before
        metrics.update(live.counters(tick))
        assert (
            "benchrig_client_connections_open 0.0" in generate_latest(registry_of(metrics)).decode()
        )
        metrics.end()
    assert 'benchrig_client_requests_total{status="2xx"} 1.0' in before


def test_ages_that_a_driver_does_not_follow_are_unknown(tmp_path: Path) -> None:
    writer = LiveWriter(tmp_path / "live.jsonl", "/json", 2)
    writer.tick()
    writer.in_flight = 2
    writer.finish()
    (_, idle, busy) = live.read_lines((tmp_path / "live.jsonl").read_text())
    assert live.counters(idle).oldest_in_flight_seconds == 0.0
    assert live.counters(busy).oldest_in_flight_seconds is None
    metrics = LiveMetrics()
    metrics.begin("measure", {"run_id": "r"}, live=True)
    metrics.update(live.counters(busy))
    shown = generate_latest(registry_of(metrics)).decode()
    assert "benchrig_client_requests_in_flight 2.0" in shown
    assert "benchrig_client_oldest_request_age_seconds" not in shown
