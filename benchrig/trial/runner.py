"""Run one trial through its phases and keep everything it shows."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, Protocol

from pydantic import TypeAdapter

from benchrig.errors import BenchrigError
from benchrig.remote.rig import HOST_PROGRAM, Rig
from benchrig.tiers import TIERS
from benchrig.trial import service, telemetry
from benchrig.trial.load import LoadSessions
from benchrig.trial.plan import APP_PORT, TrialPlan
from benchrig.trial.raw import Check, DriverRun, Fault, Phase, RawTrial, Snapshot

SETTLE_SECONDS = 0.2  # between phases: connections of the phase before are closed on both sides
SNAPSHOT = TypeAdapter(Snapshot)
CHECKS = TypeAdapter(list[Check])


class Progress(Protocol):
    """Who is told what goes on."""

    def phase(self, name: str, seconds: float) -> AbstractContextManager[None]:
        """A phase that takes about so long (0: not known) begins, and ends with the context."""


def run_trial(rig: Rig, plan: TrialPlan, progress: Progress) -> RawTrial:
    """Run one trial. What fails inside it is a fault of the record, not an exception.

    Raises:
        BenchrigError: the rig itself can not go on (a host is gone, a port is held).

    """
    raw = RawTrial(plan, time.time(), dict(rig.clock_offsets))
    try:
        service.stop_all(rig)
        with progress.phase("start", 0):
            begin = time.time()
            raw.start_seconds = service.start(rig, plan)
            raw.phases.append(Phase("start", begin, time.time()))
        _record_units(rig, plan, raw, "begin")
        with progress.phase("verify", 0):
            _verify(rig, plan, raw)
        if all(check.passed for check in raw.checks):
            _load(rig, plan, raw, progress)
    except service.NotStarted as error:
        raw.faults.append(Fault(error.where, error.what, fatal=True))
        raw.journal[error.where] = error.journal
    finally:
        _finish(rig, plan, raw)
    return raw


def _verify(rig: Rig, plan: TrialPlan, raw: RawTrial) -> None:
    client = rig.remote(rig.inventory.group("load_generators")[0])
    begin = time.time()
    path = plan.workload.target(plan.level.parameters)
    argv = [HOST_PROGRAM, "verify", plan.base_url, plan.workload.name, path]
    raw.checks += CHECKS.validate_json(client.run(argv))
    raw.phases.append(Phase("verify", begin, time.time()))


def _load(rig: Rig, plan: TrialPlan, raw: RawTrial, progress: Progress) -> None:
    with LoadSessions(rig) as sessions:
        for name, request in plan.phases():
            with progress.phase(name, request.duration_seconds):
                begin = sessions.start_time()
                measured = name == "measure"
                watching = _watch(rig, raw, begin, request.duration_seconds) if measured else None
                events = sessions.run(plan.driver, request, begin)
                if watching:
                    _snapshot(rig, raw, "end", lambda _: 0.0)
                    watching()
            raw.phases.append(Phase(name, begin, time.time()))
            raw.driver_runs += [
                DriverRun(host=host, phase=name, **event) for host, event in events.items()
            ]
            if failure := next((e for e in events.values() if e["exit"] or e["stopped"]), None):
                raw.faults.append(_driver_fault(plan.driver, name, failure))
                return
            time.sleep(SETTLE_SECONDS)


def _driver_fault(driver: str, phase: str, event: dict[str, Any]) -> Fault:
    what = event["stopped"] or f"exit code {event['exit']}: {event['stderr'].strip()}"
    if event["exit"] == 127:
        what += "; `ansible-playbook site.yml --limit load_generators` puts it there"
    return Fault(f"{driver}, {phase}", what, fatal=True)


def _watch(rig: Rig, raw: RawTrial, begin: float, seconds: float) -> Callable[[], None]:
    """Have the counters read at the begin and in the middle of the phase; call to wait for them."""

    def both() -> None:
        _snapshot(rig, raw, "begin", lambda offset: begin + offset)
        _snapshot(rig, raw, "middle", lambda offset: begin + seconds / 2 + offset)

    pool = ThreadPoolExecutor(1)
    pending = pool.submit(both)

    def wait() -> None:
        pending.result()
        pool.shutdown()

    return wait


def _snapshot(rig: Rig, raw: RawTrial, moment: str, at: Callable[[float], float]) -> None:
    """Read every tier's counters on all hosts at once, at ``at(clock offset)`` of each host."""

    def ask(name: str) -> dict[str, Any]:
        groups = rig.inventory.hosts[name].groups
        units = [tier.unit for tier in TIERS if tier.group in groups]
        message: dict[str, Any] = {"ask": "counters", "units": units}
        message["at"] = at(rig.clock_offsets[name])
        if "app_servers" in groups:
            message["ports"] = [APP_PORT, APP_PORT + raw.plan.launch.processes]
        return rig.sessions[name].ask(message, timeout_seconds=3600)

    with ThreadPoolExecutor(len(rig.sessions)) as pool:
        pending = {name: pool.submit(ask, name) for name in rig.sessions}
        for name, future in pending.items():
            raw.snapshots.setdefault(name, {})[moment] = SNAPSHOT.validate_python(future.result())


def _record_units(rig: Rig, plan: TrialPlan, raw: RawTrial, moment: str) -> None:
    for host in rig.inventory.group("app_servers"):
        now = service.state(rig, host, plan)
        running = now.invocation if now.active == "active" else f"not running ({now.result})"
        raw.app_units.setdefault(host.name, {})[moment] = running


def _finish(rig: Rig, plan: TrialPlan, raw: RawTrial) -> None:
    try:
        if "begin" in next(iter(raw.app_units.values()), {}):
            _record_units(rig, plan, raw, "end")
        for host in rig.inventory.group("app_servers"):
            raw.journal.setdefault(host.name, service.journal(rig, host, plan))
        service.stop_all(rig)
        raw.faults += telemetry.missing(rig, raw)
    except BenchrigError as error:
        raw.faults.append(Fault(error.where, error.what, fatal=True))
