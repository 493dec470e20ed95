"""What all commands share that run many trials: the run's folder, its plan, its end."""

import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.annotate import note_trial
from benchrig.commands.report import write_report
from benchrig.contract import dataset
from benchrig.drivers.ceiling import Ceiling
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.progress import Reporter
from benchrig.remote.rig import Rig
from benchrig.spec.locks import read_lock
from benchrig.store.ceilings import ceiling_of
from benchrig.store.derived import rejudge
from benchrig.store.run import (
    BYTES_PER_TRIAL,
    SCHEMA,
    RunDirectory,
    RunSpec,
    new_run_id,
    read_run,
    require_space,
)
from benchrig.suite.execute import Execution
from benchrig.suite.outcome import Outcome, outcomes
from benchrig.suite.record import RIG, RunPlan, read_plan, write_plan
from benchrig.trial.environment import gather
from benchrig.trial.load import survey
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import complete_trial

SEED_MAX = 2**31


@contextmanager
def running(console: Console, rig: Rig, plan: RunPlan) -> Iterator[Execution]:
    """A new run of this plan; its end is marked however it ends."""
    results = context.results_directory()
    require_space(results, BYTES_PER_TRIAL * len(plan.order))
    hosts = rig.inventory
    typed = shlex.join(["fab", *sys.argv[1:]])
    run_id = new_run_id(f"{plan.kind}-{plan.name}")
    spec = RunSpec(
        SCHEMA,
        run_id,
        time.time(),
        typed,
        hosts.path,
        hosts.lab,
        rig=hosts.fingerprint,
        dataset=dataset.checksum(),
    )
    store = RunDirectory(results, spec, gather(rig, context.PROJECT))
    plan = replace(plan, asked={**plan.asked, RIG: hosts.fingerprint})
    write_plan(store.path, plan)
    console.print(f"run {run_id}", highlight=False)
    with finishing(store):
        yield execution(console, rig, store, plan, [])


@contextmanager
def going_on(console: Console, rig: Rig, path: Path) -> Iterator[Execution]:
    """A stored run that goes on where it stopped.

    Raises:
        BenchrigError: it ran on other hosts than these, or with other packages.
    """
    plan, done = stored(path)
    require_same_hosts(rig.inventory, plan)
    require_same_locks(plan, context.APPS)
    store = RunDirectory.again(path)
    with finishing(store):
        yield execution(console, rig, store, plan, done)


def load_cpus(rig: Rig) -> int:
    """CPUs that a driver may use on every load generator: those of the one with the fewest."""
    argv = ["systemd-run", "--quiet", "--pipe", "--collect", "nproc"]
    hosts = rig.inventory.group("load_generators")
    return min(int(rig.remote(host).run(argv)) for host in hosts)


def execution(
    console: Console, rig: Rig, store: RunDirectory, plan: RunPlan, done: list[Outcome]
) -> Execution:
    """The run's execution: with ceilings of `fab calibrate.driver`, and notes in Grafana."""
    results, generators, teller = context.results_directory(), survey(rig), Reporter(console)
    told: set[str] = set()

    def ceiling(plan: TrialPlan) -> Ceiling | None:
        return ceiling_of(results, rig.inventory, generators, plan)

    def complete(rig: Rig, raw: RawTrial) -> None:
        complete_trial(rig, raw)
        trouble = note_trial(rig, raw)
        if trouble and trouble not in told:
            told.add(trouble)  # once a run, not once a trial
            teller.note(f"no notes in Grafana: {trouble}")

    return Execution(rig, store, plan, teller, done, ceiling=ceiling, complete=complete)


@contextmanager
def finishing(store: RunDirectory) -> Iterator[None]:
    """Mark how the run ended."""
    try:
        yield
    except BaseException:
        store.finish("interrupted")
        raise
    store.finish("complete")
    rejudge(store.path)
    write_report(store.path)


def stored(path: Path) -> tuple[RunPlan, list[Outcome]]:
    """A stored run's plan and its trials, judged.

    Raises:
        BenchrigError: it has no plan, or can not be read.
    """
    plan = read_plan(path)
    return plan, outcomes(plan, read_run(path).numbered)


def require_same_hosts(hosts: Inventory, plan: RunPlan) -> None:
    """Refuse to go on with a run on other hosts than it began on.

    Raises:
        BenchrigError: its rig is another than this inventory's; of an old run, an address of the
            plan is none of this inventory's.
    """
    addresses = {host.address for host in hosts.hosts.values()}
    plans = [cell.plan for cell in plan.cells]
    there = [each.base_url.removeprefix("http://").partition(":")[0] for each in plans]
    elsewhere = [f"an app at {each}" for each in there if each not in addresses]
    if plan.asked.get(RIG, hosts.fingerprint) != hosts.fingerprint:
        elsewhere.append("other hosts, groups or addresses")
    if elsewhere:
        raise BenchrigError(
            f"the run began with {elsewhere[0]}, which {hosts.path} does not have",
            where="--resume",
            way_out="set BENCHRIG_INVENTORY to the inventory of that run, as it was",
        )


def require_same_locks(plan: RunPlan, apps: Path) -> None:
    """Refuse to go on with a run whose apps have other packages by now: it would mix the two.

    Raises:
        BenchrigError: names the app.
    """
    for app, lock in {cell.plan.variant.app: cell.plan.lock for cell in plan.cells}.items():
        if lock is not None and lock.sha256 != read_lock(apps, app).sha256:
            raise BenchrigError(
                f"the packages of apps/{app} are others than those the run began with",
                where="--resume",
                way_out="begin a new run, or check out what that one was made from",
            )


def say_where(console: Console, hosts: Inventory | None, path: Path) -> None:
    """Where the run is kept, and what a lab's figures are worth."""
    console.print(f"stored in {path}", highlight=False, soft_wrap=True)
    console.print(f"report: {path / 'report.html'}", highlight=False, soft_wrap=True)
    if hosts and hosts.lab:
        note = "The lab's hosts share one machine: ratios are worth quoting, absolute figures not."
        console.print(note, style="yellow", highlight=False)
