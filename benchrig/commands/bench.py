"""``fab bench``: one variant, one workload, one level, as many fresh starts as asked for."""

import shlex
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.annotate import note_trial
from benchrig.commands.bench_options import BenchOptions, BenchPlan, check_options
from benchrig.commands.live import page_address
from benchrig.commands.report import write_report
from benchrig.contract import dataset
from benchrig.drivers.ceiling import Ceiling
from benchrig.figures import figures
from benchrig.inventory import Inventory
from benchrig.progress import Reporter
from benchrig.remote.rig import Rig
from benchrig.report.terminal import show_trial
from benchrig.spec.locks import read_lock
from benchrig.store.ceilings import ceiling_of
from benchrig.store.derived import rejudge
from benchrig.store.run import (
    BYTES_PER_TRIAL,
    SCHEMA,
    RunDirectory,
    RunSpec,
    new_run_id,
    require_space,
)
from benchrig.trial.environment import gather
from benchrig.trial.generators import Generator, default_threads, refuse_what_the_hosts_can_not
from benchrig.trial.load import refuse_what_the_driver_can_not, split, survey
from benchrig.trial.plan import (
    Level,
    TrialPlan,
    base_url,
    load_title,
    plan_trial,
)
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import begin_trial, complete_trial, run_trial
from benchrig.verdict.bottleneck import find_bottleneck
from benchrig.verdict.validity import Grade, judge


def bench(options: BenchOptions) -> int:
    """Run the trials, store and show them; the exit code tells whether all are valid."""
    console = context.make_console()
    plan = check_options(options)
    hosts = context.inventory()
    results = context.results_directory()
    require_space(results, BYTES_PER_TRIAL * plan.repeats * plan.attempts)
    base_url(hosts, plan.variant, plan.via)  # refuses a route that leads nowhere
    with Rig(hosts) as rig:
        generators = survey(rig)
        trial_plan = _trial_plan(plan, hosts, generators)
        load = trial_plan.measured_load()
        refuse_what_the_driver_can_not(hosts, plan.driver, load)
        refuse_what_the_hosts_can_not(generators, split(load, list(generators)))
        ceiling = ceiling_of(results, hosts, generators, trial_plan)
        run = _new_run(results, rig, plan)
        try:
            all_valid = _run_trials(console, rig, run, trial_plan, ceiling, plan)
        except BaseException:
            run.finish("interrupted")
            raise
        run.finish("complete")
    rejudge(run.path)
    write_report(run.path)
    _say_where(console, hosts, run.path)
    return 0 if all_valid else context.NOT_VALID


def _trial_plan(
    plan: BenchPlan, hosts: Inventory, generators: Mapping[str, Generator]
) -> TrialPlan:
    level = Level(
        connections=plan.connections,
        threads=plan.threads or default_threads(plan.driver, plan.connections, generators),
        duration_seconds=plan.duration_seconds,
        warmup_seconds=plan.warmup_seconds,
        primer_seconds=min(2.0, plan.warmup_seconds),
        requests=plan.requests,
        rate_per_second=plan.rate_per_second,
        rate_to_per_second=plan.rate_to_per_second,
        spawn_rate_per_second=plan.spawn_rate_per_second,
        parameters=plan.parameters,
    )
    return plan_trial(
        plan.catalogue,
        hosts,
        plan.variant,
        plan.workload,
        level,
        via=plan.via,
        driver=plan.driver,
        lock=read_lock(context.APPS, plan.variant.app),
    )


def _run_trials(
    console: Console,
    rig: Rig,
    run: RunDirectory,
    plan: TrialPlan,
    ceiling: Ceiling | None,
    asked: BenchPlan,
) -> bool:
    def one(number: int, place: str) -> tuple[Grade, bool]:
        rig.require_sessions()
        raw = begin_trial(rig, plan, run.spec.run_id, number, ceiling)
        return _one_trial(console, rig, run, raw, load_title(plan) + place), measured(raw)

    return repeated(asked.repeats, asked.attempts, one)


def repeated(repeats: int, attempts: int, one: Callable[[int, str], tuple[Grade, bool]]) -> bool:
    """Run every trial asked for; returns whether none of them ended invalid.

    Args:
        repeats: trials to get.
        attempts: how often one is run at most that is not valid.
        one: runs the trial of a number, with its place among the others for the title; returns its
            grade, and whether it was measured: one that could not be is not tried again.
    """
    number, usable = 0, True
    for repeat in range(1, repeats + 1):
        grade: Grade = "invalid"
        for attempt in range(1, attempts + 1):
            number += 1
            place = f", trial {repeat} of {repeats}" if repeats > 1 else ""
            place += f", attempt {attempt} of {attempts}" if attempt > 1 else ""
            grade, was_measured = one(number, place)
            if grade == "valid" or not was_measured:
                break
        usable &= grade != "invalid"
    return usable


def measured(raw: RawTrial) -> bool:
    """Whether a trial's load ran to its end."""
    fatal = any(fault.fatal for fault in raw.faults)
    return not fatal and any(run.phase == "measure" for run in raw.driver_runs)


def _one_trial(console: Console, rig: Rig, run: RunDirectory, raw: RawTrial, title: str) -> Grade:
    """Run, store and show it; returns its grade."""
    reporter = Reporter(console)
    reporter.note(f"{title}, {raw.plan.level.duration_seconds:g} s")
    try:
        run_trial(rig, raw, reporter)
    finally:
        try:
            complete_trial(rig, raw)
        finally:
            run.add(raw.number, raw)
    if trouble := note_trial(rig, raw):
        reporter.note(f"no notes in Grafana: {trouble}")
    derived = figures(raw)
    validity = judge(raw, derived)
    show_trial(console, title, raw, derived, validity, find_bottleneck(raw, derived))
    return validity.grade


def _new_run(results: Path, rig: Rig, plan: BenchPlan) -> RunDirectory:
    name = new_run_id(f"{plan.variant.name}-{plan.workload.name}")
    typed, hosts = shlex.join(["fab", *sys.argv[1:]]), rig.inventory
    spec = RunSpec(
        SCHEMA,
        name,
        time.time(),
        typed,
        hosts.path,
        hosts.lab,
        rig=hosts.fingerprint,
        dataset=dataset.checksum(),
    )
    return RunDirectory(results, spec, gather(rig, context.PROJECT))


def _say_where(console: Console, hosts: Inventory, path: Path) -> None:
    console.print(f"stored in {path}", highlight=False, soft_wrap=True)
    console.print(f"report: {path / 'report.html'}", highlight=False, soft_wrap=True)
    console.print(f"look again: fab show {path.name}", highlight=False, soft_wrap=True)
    where = f"live page: {page_address(hosts.one('monitoring'))}"
    console.print(where, highlight=False, soft_wrap=True)
    if hosts.lab:
        note = "The lab's hosts share one machine: ratios are worth quoting, absolute figures not."
        console.print(note, style="yellow", highlight=False)
