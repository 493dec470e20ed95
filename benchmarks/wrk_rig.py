"""What the wrk benchmarks share: an nginx on loopback, measured runs, medians."""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NGINX_CONF = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {folder};
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ return 200 "hello, world\\n"; }}
    }}
}}
"""
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Run:
    """One run of wrk: what it counted and the CPU it took (user and system, all its threads)."""

    requests: int
    per_second: float
    cpu_seconds: float

    @property
    def cpu_us_per_request(self) -> float:
        return self.cpu_seconds * 1e6 / self.requests


class RunError(Exception):
    """A program failed or printed what can not be read; the text says which and what."""


def add_programs(parser: argparse.ArgumentParser, stock: bool = True) -> None:
    if stock:
        parser.add_argument("--stock", type=Path, required=True, help="stock wrk")
    parser.add_argument("--patched", type=Path, required=True, help="patched wrk")


def pinned(cpu: int) -> list[str]:
    """A command prefix that keeps a program on one CPU, where there are two or more."""
    if shutil.which("taskset") is None or len(os.sched_getaffinity(0)) <= cpu:
        return []
    return ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[cpu])]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RunError(f"nginx ended with status {server.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RunError(f"nginx did not listen on port {port} within {PATIENCE_SECONDS} s")


def _ticks_as_seconds(fields: Sequence[str]) -> float:
    return sum(map(int, fields)) / os.sysconf("SC_CLK_TCK")


def machine_busy_seconds() -> float:
    """CPU seconds that processes, and the hypervisor, have taken from all CPUs since boot.

    Interrupts are left out: on loopback they are mostly the measured traffic itself.
    """
    user, nice, system, _idle, _wait, _irq, _soft, stolen = (
        Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    )
    return _ticks_as_seconds([user, nice, system, stolen])


@dataclass(frozen=True)
class Nginx:
    """A running nginx."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """CPU seconds of the master process and its workers so far."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in [self.pid, *children]]
        return sum(_ticks_as_seconds(stat.rpartition(")")[2].split()[11:13]) for stat in stats)


@contextmanager
def nginx() -> Iterator[Nginx]:
    """Serve a small answer from memory on a free port of loopback."""
    with tempfile.TemporaryDirectory() as name:
        port = free_port()
        conf = Path(name) / "nginx.conf"
        conf.write_text(NGINX_CONF.format(folder=name, port=port))
        server = subprocess.Popen([*pinned(0), "nginx", "-c", str(conf), "-p", name])
        try:
            _wait_for_port(port, server)
            yield Nginx(f"http://127.0.0.1:{port}/", server.pid)
        finally:
            server.terminate()
            server.wait()


def read_summary(text: str) -> tuple[int, float]:
    """Requests and requests per second from what wrk prints."""
    requests = re.search(r"^ +(\d+) requests in", text, re.MULTILINE)
    rate = re.search(r"^Requests/sec: +([\d.]+)", text, re.MULTILINE)
    if requests is None or rate is None:
        raise RunError(f"no summary in what wrk printed:\n{text}")
    return int(requests[1]), float(rate[1])


def measure(command: Sequence[object]) -> Run:
    """Run wrk on the second CPU and take its own CPU seconds from the kernel."""
    with tempfile.TemporaryFile("w+") as out:
        wrk = subprocess.Popen([*pinned(1), *map(str, command)], stdout=out)
        _, status, usage = os.wait4(wrk.pid, 0)
        wrk.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    if wrk.returncode != 0:
        raise RunError(f"{' '.join(map(str, command))}: exit {wrk.returncode}\n{text}")
    requests, per_second = read_summary(text)
    return Run(requests, per_second, usage.ru_utime + usage.ru_stime)


def final_line(path: Path) -> dict[str, Any]:
    final: dict[str, Any] = json.loads(path.read_text().splitlines()[-1])
    if final["type"] != "final":
        raise RunError(f"{path}: the last line is no final line but {final['type']}")
    return final


@dataclass(frozen=True)
class Spread:
    """Median and quartiles of ratios."""

    median: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{self.median:.4f} (quartiles {self.lower:.4f} to {self.upper:.4f})"


def spread(ratios: Sequence[float]) -> Spread:
    lower, median, upper = statistics.quantiles(ratios, n=4)
    return Spread(median, lower, upper)


def verdict(what: str, figure: float, holds: bool, bar: str) -> bool:
    print(f"{'holds ' if holds else 'MISSED'}  {what}: {figure:.4f}, wanted {bar}")
    return holds
