"""A comparison and a calibration in the terminal."""

import math
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from benchrig.compare.finding import Finding, percent
from benchrig.compare.primary import Comparison
from benchrig.report.terminal import simple_table
from benchrig.stats.floor import CALIBRATION_BLOCKS_LEAST, blocks_enough
from benchrig.stats.noise import blocks_for_effect, budget_seconds, least_effect
from benchrig.store.noise import OutcomeNoise, StoredCalibration
from benchrig.units import format_span

STYLES = {
    "faster": "bold green",
    "slower": "bold red",
    "tie": "bold blue",
    "not-enough-data": "bold yellow",
}
EFFECT = 0.03  # what a calibration says the cost of finding


def show_comparison(
    console: Console, contender: str, baseline: str, found: Comparison, notes: Sequence[str]
) -> None:
    """The finding, the other outcome, what was left out, and what to bear in mind."""
    line = Text(f"\n{contender} against {baseline}: ", style="bold")
    line.append(found.primary.word.replace("-", " "), style=STYLES[found.primary.word])
    console.print(line)
    console.print(f"  {figures_text(found.primary)}", highlight=False, soft_wrap=True)
    why = f"  decided by {found.primary.outcome.value}, because {found.why}"
    console.print(why, highlight=False, style="dim", soft_wrap=True)
    word = found.secondary.word.replace("-", " ")
    other = f"  for information: {word}, by {figures_text(found.secondary)}"
    console.print(other, highlight=False, soft_wrap=True)
    for note in [*([found.note] if found.note else []), *notes]:
        console.print(f"  note: {note}", highlight=False, style="yellow", soft_wrap=True)
    for dropped in found.primary.pairs.dropped:
        text = f"  block {dropped.block} does not count: {dropped.reason}"
        console.print(text, highlight=False, style="red", soft_wrap=True)


def comparison_text(contender: str, baseline: str, found: Comparison) -> str:
    """The same in a sentence or two, for a report."""
    word = found.primary.word.replace("-", " ")
    other = found.secondary.word.replace("-", " ")
    note = f" Note: {found.note}." if found.note else ""
    return (
        f"{contender} against {baseline}: {word}, by {figures_text(found.primary)}; this one "
        f"decides, because {found.why}. "
        f"For information: {other}, by {figures_text(found.secondary)}.{note}"
    )


def figures_text(found: Finding) -> str:
    """The figures that a finding rests on, with the p value where there is one."""
    return found.reason + ("" if found.p_value is None else f", p {found.p_value:.3g}")


def show_calibration(console: Console, found: StoredCalibration) -> None:
    """The rig's noise, and what it takes to find a difference on it."""
    rows = [_noise_row(each) for each in found.outcomes]
    headers = ["outcome", ">blocks", ">spread of a block", ">noise floor", ">false without floor"]
    console.print(simple_table([*headers, ">interval"], rows))
    for each in found.outcomes:
        for line in _remarks(each, found.trial_seconds):
            console.print(f"  {each.outcome.value}: {line}", highlight=False, soft_wrap=True)


def _noise_row(each: OutcomeNoise) -> list[str]:
    noise = each.noise
    low, high = percent(noise.floor_low), percent(noise.floor_high)
    return [
        each.outcome.value,
        str(noise.blocks),
        f"{percent(noise.spread):.2f} %",
        f"{percent(noise.floor):.2f} % ({low:.2f} to {high:.2f})",
        f"{noise.false_findings:.1%}",
        f"±{percent(noise.half_width):.2f} % from {noise.comparison_blocks} blocks",
    ]


def _remarks(each: OutcomeNoise, trial_seconds: float) -> list[str]:
    noise, lines = each.noise, []
    if noise.biased:
        lines.append("the same variant came out different from itself: the order leaves a trace")
    if not noise.enough:
        lines.append(
            f"{noise.blocks} blocks are few: the floor is rough below {CALIBRATION_BLOCKS_LEAST}"
        )
    needed = blocks_for_effect(each.log_ratios, math.log1p(EFFECT), noise.floor)
    if needed is None:
        least = least_effect(each.log_ratios, noise.comparison_blocks, noise.floor)
        lines.append(
            f"a difference of {EFFECT:.0%} is not to be found on this noise; "
            f"{noise.comparison_blocks} blocks find one of {percent(least):.1f} % 9 times in 10; "
            "a longer --duration or a quieter machine lowers it"
        )
    else:
        span = format_span(budget_seconds(needed, trial_seconds))
        lines.append(
            f"a difference of {EFFECT:.0%} is found 9 times in 10 by {needed} blocks, {span}"
        )
    return lines


def floors_text(found: StoredCalibration | None) -> str:
    """Where the noise floor comes from, for a note; empty where there is nothing to say."""
    if found is None:
        return "this rig was never calibrated, the floor is 0.5 %; `fab calibrate` measures it"
    few = min(o.noise.blocks for o in found.outcomes)
    kinds = ", ".join(f"{o.outcome.value} {percent(o.noise.floor):.2g} %" for o in found.outcomes)
    text = f"noise floor from {found.run_id}, {few} blocks: {kinds}"
    if blocks_enough(few):
        return text
    return f"{text}; it is rough below {CALIBRATION_BLOCKS_LEAST} blocks: `fab calibrate`"
