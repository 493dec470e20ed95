"""``fab selftest``: does this rig name the bottlenecks that were put in, and refuse bad results."""

import json
import random
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.bench import BYTES_PER_TRIAL, load_cpus
from benchrig.errors import BenchrigError, nearest
from benchrig.inventory import Inventory
from benchrig.progress import Reporter
from benchrig.remote.rig import Rig
from benchrig.report.terminal import simple_table
from benchrig.selftest.case import Case
from benchrig.selftest.cases import all_cases
from benchrig.selftest.show import show_outcomes
from benchrig.selftest.trial import Outcome, outcome, plan_case, run_case
from benchrig.spec.catalogue import load_catalogue
from benchrig.store.atomic import write_whole
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec, new_run_id, require_space
from benchrig.trial.runner import begin_trial
from benchrig.units import parse_count

REPEATS_MAX = 100
ATTEMPTS_MOST = 3  # of a trial that others on the machine disturb


@dataclass(frozen=True)
class SelftestOptions:
    """The task's options as typed."""

    only: str
    repeats: str
    seed: str
    list_only: bool


def selftest(options: SelftestOptions) -> int:
    """Run the cases in random order and tell the share that was named right."""
    console = context.make_console()
    cases = chosen(options.only)
    if options.list_only:
        rows = [[c.name, c.kind, " or ".join(sorted(c.expects)), c.summary] for c in cases]
        console.print(simple_table(["case", "kind", "expects", "what it is"], rows))
        return 0
    repeats = parse_count(options.repeats, "--repeats", REPEATS_MAX)
    order = [case for _ in range(repeats) for case in cases]
    random.Random(parse_count(options.seed, "--seed", 2**31)).shuffle(order)  # noqa: S311 - an order
    results = context.results_directory()
    require_space(results, BYTES_PER_TRIAL * len(order))
    hosts = context.inventory()
    typed = shlex.join(["fab", *sys.argv[1:]])
    with Rig(hosts) as rig:
        name = new_run_id("selftest")
        spec = RunSpec(SCHEMA, name, time.time(), typed, hosts.path, hosts.lab)
        run = RunDirectory(results, spec)
        outcomes: list[Outcome] = []
        try:
            _run(console, rig, hosts, run, order, outcomes)
            run.finish("complete")
        except BaseException:
            run.finish("interrupted")
            raise
        finally:
            show_outcomes(console, sorted(outcomes, key=lambda o: (o.kind, o.case)))
            console.print(f"stored in {run.path}", highlight=False, soft_wrap=True)
    return 0 if all(o.right for o in outcomes) else context.NOT_VALID


def chosen(only: str) -> list[Case]:
    """The cases of those names, all where none is given.

    Raises:
        BenchrigError: there is no such case.
    """
    cases = all_cases()
    names = [name.strip() for name in only.split(",") if name.strip()]
    for name in names:
        if name not in cases:
            way_out = nearest(name, cases)
            raise BenchrigError(f"'{name}' is no case", where="--only", way_out=way_out)
    return [case for name, case in cases.items() if not names or name in names]


def _run(
    console: Console,
    rig: Rig,
    hosts: Inventory,
    run: RunDirectory,
    order: Sequence[Case],
    outcomes: list[Outcome],
) -> None:
    """Every case in its turn; one that others disturbed again, whatever was said of it."""
    catalogue, cpus = load_catalogue(context.APPS), load_cpus(rig)
    names: dict[int, str] = {}
    reporter = Reporter(console, quiet=True)
    for place, case in enumerate(order, 1):
        for attempt in range(1, ATTEMPTS_MOST + 1):
            number = len(names) + 1
            names[number] = case.name
            write_whole(run.path / "selftest.json", json.dumps(names, indent=1).encode())
            plan = plan_case(case, catalogue, hosts, cpus)
            raw = begin_trial(rig, plan, run.spec.run_id, number)
            try:
                run_case(rig, case, raw, reporter)
            finally:
                run.add(number, raw)
            found = outcome(case, raw)
            again = found.disturbed and attempt < ATTEMPTS_MOST
            reporter.note(_told(f"{place:3d} of {len(order)}", found, again=again))
            if not again:
                break
        outcomes.append(found)


def _told(place: str, found: Outcome, *, again: bool) -> str:
    mark = "right" if found.right else "WRONG"
    told = f"{place} {found.case}: {found.said} ({mark}): {found.why}"
    if not again:
        return told
    return f"{told}; others had its CPU {found.kept_from_cpu:.0%} of the time, once more"
