"""``fab capacity``: the highest rate at which the 99th percentile keeps below a limit."""

from dataclasses import dataclass, field, replace
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.adaptive import Adaptive
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import load_cpus, running, say_where
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.report.capacity import capacity_text, precision_text, trial_text
from benchrig.spec.catalogue import Catalogue
from benchrig.stats.capacity import PRECISION, TRIALS_MOST, Search
from benchrig.suite.cells import RATE, Draft
from benchrig.suite.outcome import Outcome
from benchrig.suite.record import ASKED_P99, SCHEMA, RunPlan
from benchrig.suite.slo import Kept, Known, judged
from benchrig.trial.load import refuse_what_the_driver_can_not
from benchrig.units import parse_percent, parse_seconds

NOT_COUNTED_MOST = 3  # trials in a row that say nothing of the rate


@dataclass
class Hunt:
    """A search on a rig.

    Attributes:
        not_counted: why trials in a row said nothing.
    """

    console: Console
    trials: Adaptive
    closed: Draft
    known: Known
    not_counted: list[str] = field(default_factory=list)

    def run(self, half_width: float) -> None:
        """Try rates until the capacity is known to that, there is none, or enough was spent.

        Raises:
            BenchrigError: trial after trial says nothing of its rate.
        """
        search, limit = self.known.search, self.known.limit_seconds
        while not search.done(half_width) and self.known.hopeless is None:
            rate = float(f"{search.next_rate():.4g}")
            found = judged(self.trials.measure(_at(self.closed, rate)), rate, limit)
            if found.says_nothing:
                self._skip(found)
                continue
            self.not_counted.clear()
            self.known.learn(found)
            text = trial_text(found, limit, search.capacity())
            self.console.print(text, highlight=False, soft_wrap=True)

    def _skip(self, found: Kept) -> None:
        text = f"  {found.rate:,.0f}/s: the trial does not count: {found.says_nothing}"
        self.console.print(text, style="red", highlight=False, soft_wrap=True)
        self.not_counted.append(found.says_nothing)
        if len(self.not_counted) >= NOT_COUNTED_MOST:
            best = self.known.best
            known = f"up to {best.rate:,.0f}/s the limit was kept; " if best else ""
            raise BenchrigError(
                f"{NOT_COUNTED_MOST} trials in a row do not count, the last at "
                f"{found.rate:,.0f}/s: {found.says_nothing}",
                where="capacity",
                way_out=f"{known}`fab show last` tells more",
            )


def capacity(variant: str, load: tuple[Any, ...], p99: str, precision: str) -> int:
    """Search, show the capacity with its interval; the exit code tells whether there is one."""
    console = context.make_console()
    limit = parse_seconds(p99, "--p99")
    wanted = parse_percent(precision, "--precision") if precision else PRECISION
    catalogue, closed = _drafted(variant, LoadOptions(*load))
    hosts = context.inventory()
    with Rig(hosts) as rig:
        cpus = load_cpus(rig)
        plan = RunPlan(SCHEMA, "capacity", closed.variant.name, 1, (), (), {ASKED_P99: p99})
        with running(console, rig, plan) as execution:
            execution.most = 1 + TRIALS_MOST
            trials = Adaptive(execution, catalogue, cpus)
            console.print("the ceiling, by a closed loop:", highlight=False)
            ceiling = _ceiling(trials.measure(closed))
            _require_open_loop(trials, closed, ceiling)
            hunt = Hunt(console, trials, closed, Known(Search(ceiling), limit))
            hunt.run(wanted)
    code = _tell(hunt, wanted)
    say_where(console, hosts, execution.store.path)
    return code


def _drafted(variant: str, typed: LoadOptions) -> tuple[Catalogue, Draft]:
    case = typed_case(variant, typed, "--variant")
    catalogue, found = typed_drafts("capacity", typed_part({variant: case}, typed))
    if len(found) != 1:
        raise BenchrigError(
            f"{len(found)} levels are asked for", where="capacity", way_out="name one of each"
        )
    return catalogue, found[0]


def _at(closed: Draft, rate: float) -> Draft:
    """The same load in an open loop at this rate."""
    level = replace(closed.level, rate_per_second=rate)
    return replace(closed, axes={**closed.axes, RATE: rate}, swept=(RATE,), level=level)


def _ceiling(closed: Outcome) -> float:
    rate = closed.values.get("requests_per_second", 0.0)
    if closed.refused or not rate:
        raise BenchrigError(
            f"the closed loop did not come out: {closed.refused or 'no request was answered'}",
            where="capacity",
            way_out="`fab bench` with the same options shows more",
        )
    return rate


def _require_open_loop(trials: Adaptive, closed: Draft, ceiling: float) -> None:
    cell = trials.execution.plan.cells[0].plan
    load = replace(cell.measured_load(), rate_per_second=ceiling)
    refuse_what_the_driver_can_not(trials.execution.rig.inventory, closed.driver, load)


def _tell(hunt: Hunt, wanted: float) -> int:
    hunt.console.print(capacity_text(hunt.known), style="bold", highlight=False, soft_wrap=True)
    if hunt.known.best is None:
        return context.NOT_VALID
    if remark := precision_text(hunt.known.search.capacity(), wanted):
        hunt.console.print(remark, style="yellow", highlight=False, soft_wrap=True)
    return 0
