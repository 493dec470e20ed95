"""``fab ramp``: one trial whose offered rate rises on a straight line, and where it bends."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.bench import load_cpus
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import running, say_where
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.remote.rig import Rig
from benchrig.report.terminal import show_trial, simple_table
from benchrig.stats.knee import Moment, knee
from benchrig.store.run import read_run
from benchrig.suite.cells import planned
from benchrig.suite.order import ordered
from benchrig.suite.ramp import moments
from benchrig.suite.record import SCHEMA, RunPlan
from benchrig.units import format_count, format_seconds, parse_rate
from benchrig.verdict.validity import judge

ROWS = 20


def ramp(variant: str, load: tuple[Any, ...], rate_to: str) -> int:
    """Run the ramp, show offered against achieved rate, name the knee."""
    console = context.make_console()
    typed = LoadOptions(*load)
    end = parse_rate(rate_to, "--to")
    case = typed_case(variant, typed, "--variant")
    catalogue, found = typed_drafts("ramp", typed_part({variant: case}, typed))
    if len(found) != 1:
        raise BenchrigError(
            f"{len(found)} levels are asked for", where="ramp", way_out="name one of each"
        )
    level = replace(found[0].level, rate_to_per_second=end)
    hosts = context.inventory()
    with Rig(hosts) as rig:
        drafts = [replace(found[0], level=level)]
        cells = planned(catalogue, hosts, context.APPS, drafts, load_cpus(rig))
        plan = RunPlan(SCHEMA, "ramp", found[0].variant.name, 1, cells, ordered(1, [1]))
        with running(console, rig, plan) as execution:
            execution.run()
    raw = read_run(execution.store.path).trials[0]
    derived = figures(raw)
    show_trial(console, plan.cells[0].title, raw, derived, judge(raw, derived))
    _tell(console, moments(raw))
    say_where(console, hosts, execution.store.path)
    return 0


def _tell(console: Console, found: Sequence[Moment]) -> None:
    if not found:
        console.print("the driver left no live record, so there is no ramp to show", style="red")
        return
    step = max(1, len(found) // ROWS)
    rows = [
        [
            f"{m.at_seconds:.0f} s",
            format_count(m.offered),
            format_count(m.achieved),
            format_seconds(m.p99_seconds) if m.p99_seconds is not None else "-",
        ]
        for m in found[::step]
    ]
    console.print(simple_table([">at", ">offered/s", ">achieved/s", ">p99"], rows))
    bend = knee(found)
    text = (
        f"knee at {format_count(bend.offered)} requests/s: beyond it {bend.reason}"
        if bend
        else f"no knee up to {format_count(found[-1].offered)} requests/s"
    )
    console.print(text, style="bold", highlight=False)
