"""Values for tests: a plan, a raw trial, and what hosts report, each with sound defaults."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from benchrig.drivers.ceiling import Ceiling
from benchrig.drivers.histogram import slot_of
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.launch import launch
from benchrig.trial.environment import ControlEnvironment, Environment, HostEnvironment
from benchrig.trial.plan import Level, TrialPlan
from benchrig.trial.raw import Check, DriverRun, Phase, RawTrial
from benchrig.trial.raw_counters import CpuSeconds, ProcessCounters, Snapshot, UnitCounters

PROJECT = Path(__file__).parents[1]
GOLDEN = PROJECT / "tests" / "golden"
BEGIN = 1_700_000_000.0
NO_ERRORS: dict[str, Any] = {
    **{kind: {"total": 0, "errno": {}} for kind in ("connect", "read", "write")},
    "timeout": 0,
}


@cache
def the_catalogue() -> Catalogue:
    """The shipped catalogue, read once."""
    return load_catalogue(PROJECT / "apps")


def make_plan(variant: str = "aiohttp", workload: str = "json", **level: Any) -> TrialPlan:
    """A trial's plan with the catalogue's own variant and workload."""
    catalogue = the_catalogue()
    chosen = catalogue.variant(variant)
    values = {
        "connections": 64,
        "threads": 1,
        "duration_seconds": 10.0,
        "warmup_seconds": 5.0,
        "primer_seconds": 2.0,
    }
    return TrialPlan(
        variant=chosen,
        launch=launch(catalogue, chosen, "192.0.2.12", 8000),
        workload=catalogue.workloads[workload],
        via="direct",
        driver="wrk",
        level=Level(**(values | level)),
        base_url="http://192.0.2.12:8000",
        health_urls=("http://192.0.2.12:8000/plaintext",),
    )


def make_process(pid: int, cpu_seconds: float, **changes: Any) -> ProcessCounters:
    """One process of a unit."""
    values: dict[str, Any] = {
        "pid": pid,
        "parent": 1,
        "started_ticks": 100,
        "threads": 1,
        "cpu_seconds": cpu_seconds,
        "pss_bytes": 30_000_000,
        "rss_bytes": 40_000_000,
        "cpus": 1,
        "command": f"python worker-{pid}",
    }
    return ProcessCounters(**(values | changes))


def make_snapshot(unix: float, units: dict[str, list[ProcessCounters]]) -> Snapshot:
    """Counters of one host: each unit's CPU time is the sum of its processes'."""
    counters: dict[str, UnitCounters | None] = {
        unit: UnitCounters(CpuSeconds(total, total * 0.7, total * 0.3), tuple(processes))
        for unit, processes in units.items()
        for total in [sum(p.cpu_seconds for p in processes)]
    }
    held = {unit: {p.pid: 32 for p in processes} for unit, processes in units.items()}
    return Snapshot(unix, 0.01, counters, held, {"ListenOverflows": 0})


def make_raw(**changes: Any) -> RawTrial:
    """A sound trial: 1 s measured, one app process at 0.9 core, wrk's real output."""
    app = "benchrig-app.slice"
    moments = {
        "begin": make_snapshot(BEGIN, {app: [make_process(7, 1.0)]}),
        "middle": make_snapshot(BEGIN + 0.5, {app: [make_process(7, 1.45)]}),
        "end": make_snapshot(BEGIN + 1.0, {app: [make_process(7, 1.9)]}),
    }
    values: dict[str, Any] = {
        "plan": make_plan(),
        "begin_unix": BEGIN,
        "clock_offsets": {"app": 0.0, "loadgen": 0.0},
        "phases": [Phase("measure", BEGIN, BEGIN + 1.0)],
        "checks": [Check("json", passed=True)],
        "driver_runs": [make_driver_run()],
        "snapshots": {"app": moments},
        "app_units": {"app": {"begin": "abc", "end": "abc"}},
        "ceiling": Ceiling("wrk", "4.1.0-3", "direct", 64, 100_000.0, 1e-5, BEGIN),
    }
    return RawTrial(**(values | changes))


def make_driver_run(output: str = "aiohttp-json", **changes: Any) -> DriverRun:
    """Wrk's run of the measure phase with one of the recorded outputs."""
    values: dict[str, Any] = {
        "host": "loadgen",
        "phase": "measure",
        "driver": "wrk",
        "argv": ("wrk",),
        "begin_unix": BEGIN,
        "end_unix": BEGIN + 1.0,
        "exit": 0,
        "stopped": "",
        "cpu_seconds": 0.4,
        "stdout": (GOLDEN / "wrk" / f"{output}.txt").read_text(),
        "stderr": "",
    }
    return DriverRun(**(values | changes))


def make_tick(second: float, due: int, answered: int, p99_us: int, count: int) -> str:
    """A tick line of a live record, ``second`` into it; counts are cumulative, of one latency."""
    told = {
        "v": 1,
        "type": "tick",
        "t_unix": BEGIN + second,
        "requests": answered,
        "bytes": 0,
        "status": {"2xx": answered},
        "codes": {},
        "errors": NO_ERRORS,
        "connections_open": 8,
        "in_flight": 0,
        "oldest_in_flight_us": None,
        "open_loop": {"due": due, "offered_per_second": 0.0},
        "hist_delta": [[slot_of(p99_us), count]],
    }
    return json.dumps(told)


def make_environment(**changes: Any) -> Environment:
    """A rig of two hosts; ``changes`` are of both hosts."""
    values: dict[str, Any] = {
        "hostname": "bench",
        "groups": ("app_servers",),
        "clock_offset_seconds": 0.0001,
        "price_per_hour": 0.2,
        "os": "Debian GNU/Linux 12 (bookworm)",
        "kernel": "6.1.0-30-amd64",
        "architecture": "x86_64",
        "virtualization": "none",
        "cpu_model": "AMD EPYC 7402P",
        "cpus": 8,
        "cpus_total": 8,
        "memory_bytes": 32 * 2**30,
        "governor": "performance",
        "turbo": "off",
        "smt": "on",
        "clocksource": "tsc",
        "huge_pages": "madvise",
        "mitigations": {"meltdown": "Not affected"},
        "sysctls": {"net.core.somaxconn": "8192"},
        "interfaces": {"eth0": "MTU 1500, 10000 Mbit/s"},
        "python": "3.11.2",
        "packages": {"nginx": "1.22.1-9"},
        "units": {"nginx.service": "/usr/sbin/nginx -g daemon on;"},
    }
    host = HostEnvironment(**(values | changes))
    control = ControlEnvironment("0.1.0", "3.11.2", "a" * 40, "", {"fabric": "3.2.3"}, {})
    return Environment({"app": host, "loadgen": host}, control)
