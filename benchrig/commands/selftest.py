"""``fab selftest``: does this rig name the bottlenecks that were put in, and refuse bad results."""

import json
import random
import shlex
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchrig.commands import context
from benchrig.commands.running import load_cpus
from benchrig.errors import BenchrigError, nearest
from benchrig.progress import Reporter
from benchrig.remote.rig import Rig
from benchrig.report.terminal import simple_table
from benchrig.selftest.case import Case
from benchrig.selftest.cases import all_cases
from benchrig.selftest.show import show_outcomes
from benchrig.selftest.trial import Outcome, outcome, plan_case, run_case
from benchrig.spec.catalogue import load_catalogue
from benchrig.store.atomic import write_whole
from benchrig.store.run import (
    BYTES_PER_TRIAL,
    SCHEMA,
    RunDirectory,
    RunSpec,
    new_run_id,
    require_space,
)
from benchrig.trial.behind import Behind
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import begin_trial, complete_trial
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
        sitting = _Sitting(rig, run, order, Reporter(console, quiet=True))
        try:
            sitting.run()
            run.finish("complete")
        except BaseException:
            run.finish("interrupted")
            raise
        finally:
            show_outcomes(console, sorted(sitting.outcomes, key=lambda o: (o.kind, o.case)))
            console.print(f"stored in {run.path}", highlight=False, soft_wrap=True)
    return 0 if all(o.right for o in sitting.outcomes) else context.NOT_VALID


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


@dataclass(frozen=True)
class _Turn:
    """A case that is to be run: its place in the order, and how often it was tried with this."""

    place: int
    case: Case
    attempt: int = 1


class _Sitting:
    """Every case in its turn; one that others disturbed again at the end, whatever was said of it.

    Attributes:
        outcomes: of the turns that counted, so far.
    """

    def __init__(self, rig: Rig, run: RunDirectory, order: Sequence[Case], tell: Reporter) -> None:
        self.outcomes: list[Outcome] = []
        self._rig, self._run, self._tell, self._cases = rig, run, tell, len(order)
        self._to_come = deque(_Turn(place, case) for place, case in enumerate(order, 1))
        self._names: dict[int, str] = {}

    def run(self) -> None:
        """Run all there is; a trial is completed and stored while the next one starts.

        Raises:
            BenchrigError: a trial could not be stored, or an injection could not be put in.
        """
        catalogue, cpus = load_catalogue(context.APPS), load_cpus(self._rig)
        with Behind() as behind:
            while self._to_come:
                turn = self._to_come.popleft()
                plan = plan_case(turn.case, catalogue, self._rig.inventory, cpus)
                raw = begin_trial(self._rig, plan, self._run.spec.run_id, self._number(turn))
                try:
                    run_case(self._rig, turn.case, raw, self._tell, behind.settle)
                finally:
                    behind.begin(self._keep, turn, raw)
                self._rig.require_sessions()
                if not self._to_come:
                    behind.wait()  # it may have to be run again

    def _number(self, turn: _Turn) -> int:
        """Of the trial to come; which case it is of is kept beside the trials."""
        number = len(self._names) + 1
        self._names[number] = turn.case.name
        names = json.dumps(self._names, indent=1).encode()
        write_whole(self._run.path / "selftest.json", names)
        return number

    def _keep(self, turn: _Turn, raw: RawTrial) -> None:
        complete_trial(self._rig, raw)
        self._run.add(raw.number, raw)
        found = outcome(turn.case, raw)
        again = found.disturbed and turn.attempt < ATTEMPTS_MOST
        self._tell.note(_told(f"{turn.place:3d} of {self._cases}", found, again=again))
        if again:
            self._to_come.append(replace(turn, attempt=turn.attempt + 1))
        else:
            self.outcomes.append(found)


def _told(place: str, found: Outcome, *, again: bool) -> str:
    mark = "right" if found.right else "WRONG"
    told = f"{place} {found.case}: {found.said} ({mark}): {found.why}"
    if not again:
        return told
    return f"{told}; others had its CPU {found.kept_from_cpu:.0%} of the time, later once more"
