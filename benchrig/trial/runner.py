"""Run one trial through its phases and keep everything it shows."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from benchrig.drivers.base import LoadRequest
from benchrig.drivers.ceiling import Ceiling
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.trial import service, telemetry, verify
from benchrig.trial.census import looked
from benchrig.trial.load import LoadSessions
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import DriverRun, Fault, Phase, RawTrial
from benchrig.trial.sampler import Sampler
from benchrig.trial.watch import watched

NOT_RUN = 127  # how the load session says that there is no such command


class Progress(Protocol):
    """Who is told what goes on."""

    def phase(self, name: str, seconds: float) -> AbstractContextManager[None]:
        """A phase that takes about so long (0: not known) begins, and ends with the context."""


def begin_trial(
    rig: Rig, plan: TrialPlan, run_id: str = "", number: int = 0, ceiling: Ceiling | None = None
) -> RawTrial:
    """An empty record for `run_trial` to fill, of the ``number``-th trial of a run."""
    offsets = dict(rig.clock_offsets)
    return RawTrial(plan, time.time(), offsets, run_id, number, ceiling=ceiling)


def nothing_else() -> None:
    """Nothing is done beside the trial."""


def run_trial(
    rig: Rig, raw: RawTrial, progress: Progress, alone: Callable[[], None] = nothing_else
) -> None:
    """Run one trial and fill its record; whatever happens, the record has all there was until then.

    What fails is a fault of the record, not an exception. `complete_trial` adds the telemetry.

    Args:
        rig: the open rig.
        raw: the record.
        progress: who is told.
        alone: waits until nothing else is done that the measured load could feel.

    Raises:
        KeyboardInterrupt: after the load and the app were stopped.
    """
    plan = raw.plan
    drivers = {driver for _, driver, _ in plan.phases()}
    try:
        # These start while the app does.
        with LoadSessions(rig, drivers) as sessions, Sampler(rig) as sampler:
            service.stop_all(rig)
            with progress.phase("start", 0):
                begin = time.time()
                raw.start_seconds = service.start(rig, plan)
                raw.phases.append(Phase("start", begin, time.time()))
            _record_units(rig, plan, raw, "begin")
            with progress.phase("verify", 0):
                _verify(rig, plan, raw)
            if verify.good_enough(raw.checks):
                raw.tools = sessions.tools
                _load(rig, raw, progress, (sessions, sampler), alone)
    except service.NotStarted as error:
        raw.faults.append(Fault(error.where, error.what, fatal=True))
        raw.journal[error.where] = error.journal
    except BenchrigError as error:
        raw.faults.append(Fault(error.where, error.advice, fatal=True))
    except KeyboardInterrupt:
        raw.faults.append(Fault("control node", "interrupted from the keyboard", fatal=True))
        raise
    finally:
        _finish(rig, plan, raw)


def _verify(rig: Rig, plan: TrialPlan, raw: RawTrial) -> None:
    begin = time.time()
    raw.checks += verify.fast(rig, plan)
    raw.phases.append(Phase("verify", begin, time.time()))


def _load(
    rig: Rig,
    raw: RawTrial,
    progress: Progress,
    clients: tuple[LoadSessions, Sampler],
    alone: Callable[[], None],
) -> None:
    plan, (sessions, sampler) = raw.plan, clients
    labels = {
        "run_id": raw.run_id,
        "trial": str(raw.number),
        "variant": plan.variant.name,
        "workload": plan.workload.name,
    }
    for name, driver, request in plan.phases():
        already, measured = len(raw.driver_runs), name == "measure"
        if measured:
            alone()
        looks = _looks(rig, raw, sampler, request) if measured else nullcontext()
        with progress.phase(name, request.duration_seconds), looks:
            begin = sessions.start_time(watched=measured)
            with watched(rig, raw, begin, request) if measured else nullcontext():
                sessions.run(name, driver, request, begin, labels, raw.driver_runs)
        raw.phases.append(Phase(name, begin, time.time()))
        faults = [f for run in raw.driver_runs[already:] if (f := _driver_fault(run))]
        if faults:
            raw.faults += faults
            return


@contextmanager
def _looks(rig: Rig, raw: RawTrial, sampler: Sampler, request: LoadRequest) -> Iterator[None]:
    """What goes on beside the measured load: a second client, and looks at queues."""
    with sampler.sampled(raw), looked(rig, raw, request.duration_seconds):
        yield


def _driver_fault(run: DriverRun) -> Fault | None:
    if not run.exit and not run.stopped:
        return None
    what = run.stopped or f"exit code {run.exit}: {run.stderr.strip()}"
    if run.exit == NOT_RUN:
        what += "; `ansible-playbook site.yml --limit load_generators` puts it there"
    return Fault(f"{run.driver} on {run.host}, {run.phase}", what, fatal=True)


def _record_units(rig: Rig, plan: TrialPlan, raw: RawTrial, moment: str) -> None:
    for host in rig.inventory.group("app_servers"):
        now = service.state(rig, host, plan)
        running = now.invocation if now.active == "active" else f"not running ({now.result})"
        raw.app_units.setdefault(host.name, {})[moment] = running


def _finish(rig: Rig, plan: TrialPlan, raw: RawTrial) -> None:
    """Record the end, then stop the app: neither a host nor a step that fails keeps it running."""
    for step in (_record_end, lambda *_: service.stop_all(rig, at_once=True)):
        try:
            step(rig, plan, raw)
        except BenchrigError as error:
            raw.faults.append(Fault(error.where, error.advice, fatal=True))


def _record_end(rig: Rig, plan: TrialPlan, raw: RawTrial) -> None:
    if "begin" in next(iter(raw.app_units.values()), {}):
        _record_units(rig, plan, raw, "end")
    for host in rig.inventory.group("app_servers"):
        raw.journal.setdefault(host.name, service.journal(rig, host, plan, raw.begin_unix))
    if not raw.driver_runs and (found := service.meaning(rig, plan, raw.begin_unix)):
        raw.faults.append(Fault(service.unit(plan), found, fatal=True))


def complete_trial(rig: Rig, raw: RawTrial) -> None:
    """Add what Prometheus saw of an ended trial; what is missing is a fault of the record.

    Samples of the last second come some two seconds later. Nothing here touches the app or the load
    generators, so that another trial may start meanwhile.
    """
    try:
        telemetry.collect(rig, raw)
    except BenchrigError as error:
        raw.faults.append(Fault(error.where, error.advice, fatal=True))
