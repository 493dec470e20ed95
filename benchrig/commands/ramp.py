"""``fab ramp``: one trial whose offered rate rises on a straight line, and where it bends."""

from dataclasses import replace
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import load_cpus, running, say_where
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.remote.rig import Rig
from benchrig.report.ramp import knee_text, show_ramp
from benchrig.report.terminal import show_trial
from benchrig.store.run import read_run
from benchrig.suite.cells import Draft, planned
from benchrig.suite.order import ordered
from benchrig.suite.ramp import moments
from benchrig.suite.record import SCHEMA, RunPlan
from benchrig.trial.raw import RawTrial
from benchrig.units import parse_rate
from benchrig.verdict.validity import Validity, judge

SECONDS_LEAST = 5.0


def ramp(variant: str, load: tuple[Any, ...], rate_to: str) -> int:
    """Run the ramp, show offered against achieved rate, name the knee, if the trial counts."""
    console = context.make_console()
    typed = LoadOptions(*load)
    end = parse_rate(rate_to, "--to")
    case = typed_case(variant, typed, "--variant")
    catalogue, found = typed_drafts("ramp", typed_part({variant: case}, typed))
    if len(found) != 1:
        raise BenchrigError(
            f"{len(found)} levels are asked for", where="ramp", way_out="name one of each"
        )
    drafts = [_rising(found[0], end)]
    hosts = context.inventory()
    with Rig(hosts) as rig:
        cells = planned(catalogue, hosts, context.APPS, drafts, load_cpus(rig))
        plan = RunPlan(SCHEMA, "ramp", found[0].variant.name, 1, cells, ordered(1, [1]))
        with running(console, rig, plan) as execution:
            execution.run()
    raw = read_run(execution.store.path).trials[0]
    derived = figures(raw)
    validity = judge(raw, derived)
    show_trial(console, plan.cells[0].title, raw, derived, validity)
    code = _tell(console, raw, validity)
    say_where(console, hosts, execution.store.path)
    return code


def _rising(draft: Draft, end: float) -> Draft:
    """The same load with a rate that rises to ``end``.

    Raises:
        BenchrigError: it does not rise, or in so few seconds that nobody finds a knee.
    """
    begin, seconds = draft.level.rate_per_second, draft.level.duration_seconds
    if end <= begin:
        raise BenchrigError(
            f"{end:g}/s is not above {begin:g}/s, where the ramp begins",
            where="--to",
            way_out="give a higher rate, or a lower --from",
        )
    if seconds < SECONDS_LEAST:
        raise BenchrigError(
            f"a ramp of {seconds:g} s has too few seconds to find a knee in",
            where="--duration",
            way_out=f"give {SECONDS_LEAST:g}s or more",
        )
    return replace(draft, level=replace(draft.level, rate_to_per_second=end))


def _tell(console: Console, raw: RawTrial, validity: Validity) -> int:
    found = moments(raw)
    if not found:
        console.print("the driver left no live record, so there is no ramp to show", style="red")
        return context.NOT_VALID
    show_ramp(console, raw, found)
    if validity.grade == "invalid":
        why = next(reason.text for reason in validity.reasons if reason.grade == "invalid")
        text = f"no knee is named, as the trial does not count: {' '.join(why.split())}"
        console.print(text, style="bold red", highlight=False, soft_wrap=True)
        return context.NOT_VALID
    console.print(knee_text(found), style="bold", highlight=False)
    return 0
