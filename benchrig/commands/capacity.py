"""``fab capacity``: the highest rate at which the 99th percentile keeps below a limit."""

import math
from dataclasses import replace
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.adaptive import Adaptive
from benchrig.commands.bench import load_cpus
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import running, say_where
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.stats.capacity import PRECISION, Capacity, Search, Tried
from benchrig.suite.cells import RATE, Draft
from benchrig.suite.outcome import Outcome
from benchrig.suite.record import SCHEMA, RunPlan
from benchrig.trial.load import refuse_what_the_driver_can_not
from benchrig.units import format_count, format_seconds, parse_percent, parse_seconds

QUANTILE = 0.99


def capacity(variant: str, load: tuple[Any, ...], p99: str, precision: str) -> int:
    """Search, show the capacity with its interval; the exit code tells whether there is one."""
    console = context.make_console()
    limit = parse_seconds(p99, "--p99")
    wanted = parse_percent(precision, "--precision") if precision else PRECISION
    typed = LoadOptions(*load)
    case = typed_case(variant, typed, "--variant")
    catalogue, found = typed_drafts("capacity", typed_part({variant: case}, typed))
    if len(found) != 1:
        raise BenchrigError(
            f"{len(found)} levels are asked for", where="capacity", way_out="name one of each"
        )
    hosts = context.inventory()
    closed = found[0]
    with Rig(hosts) as rig:
        cpus = load_cpus(rig)
        plan = RunPlan(SCHEMA, "capacity", closed.variant.name, 1, (), (), {"p99_seconds": p99})
        with running(console, rig, plan) as execution:
            trials = Adaptive(execution, catalogue, cpus)
            console.print("the ceiling, by a closed loop:", highlight=False)
            ceiling = _ceiling(trials.measure(closed))
            _require_open_loop(trials, closed, ceiling)
            search = Search(ceiling)
            while not search.done(wanted):
                _try_next(console, trials, closed, search, limit)
    _tell(console, search.capacity(), limit, wanted)
    say_where(console, hosts, execution.store.path)
    return 0


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


def _try_next(
    console: Console, trials: Adaptive, closed: Draft, search: Search, limit: float
) -> None:
    rate = float(f"{search.next_rate():.4g}")
    found = trials.measure(
        replace(
            closed,
            axes={**closed.axes, RATE: rate},
            swept=(RATE,),
            level=replace(closed.level, rate_per_second=rate),
        )
    )
    of_limit = _of_limit(found, limit)
    search.add(Tried(rate, of_limit))
    now = search.capacity()
    shown = "failed" if math.isinf(of_limit) else format_seconds(of_limit * limit)
    console.print(
        f"  p99 {shown} at {format_count(rate)}/s; capacity {format_count(now.rate_per_second)} "
        f"({format_count(now.low)} to {format_count(now.high)})",
        highlight=False,
    )


def _of_limit(found: Outcome, limit: float) -> float:
    """The quantile by its limit; infinite where a request failed or the rate was not kept.

    Raises:
        BenchrigError: nothing was measured: that says nothing of the rate.
    """
    client = found.figures.client
    if client is None:
        raise BenchrigError(
            f"trial {found.number} measured nothing: {found.refused}",
            where="capacity",
            way_out="`fab show last` shows it",
        )
    if found.refused or client.errors.total or client.latency is None:
        return math.inf
    return client.latency.quantile_seconds(QUANTILE) / limit


def _tell(console: Console, found: Capacity, limit: float, wanted: float) -> None:
    console.print(
        f"capacity with p99 ≤ {format_seconds(limit)} and no error: "
        f"{format_count(found.rate_per_second)} requests/s "
        f"(95 % from {format_count(found.low)} to {format_count(found.high)}), "
        f"{found.trials} open-loop trials",
        style="bold",
        highlight=False,
    )
    if found.half_width > wanted:
        text = f"the interval is ±{found.half_width:.1%}, not ±{wanted:.1%}: the host is noisy"
        console.print(text, style="yellow", highlight=False)
