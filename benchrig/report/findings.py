"""A run's result in a sentence: who answered how much, between which limits, and what held it."""

from collections import Counter
from collections.abc import Sequence

from benchrig.report.cells import Cell
from benchrig.report.paired import Blocks, ratio, ratio_text
from benchrig.stats.interval import median_interval
from benchrig.units import format_count, format_seconds
from benchrig.verdict.bottleneck import UNKNOWN


def finding(cells: Sequence[Cell], blocks: Blocks) -> str:
    """The result of a run in a sentence or two.

    Args:
        cells: its cells.
        blocks: block of each trial, in which two cells are compared; empty where it has none.
    """
    ranked = sorted(
        (cell for cell in cells if cell.median("requests_per_second") is not None),
        key=lambda cell: -(cell.median("requests_per_second") or 0.0),
    )
    if not ranked:
        count = sum(len(cell.trials) for cell in cells)
        return f"No finding: none of {count} trials is valid." if count else "No trial was stored."
    best = ranked[0]
    said = f"{best.name} answered {rate_text(best)}"
    said += f"; {limit_of(best)}." if limit_of(best) else "."
    rivals = [c for c in ranked[1:] if c.first.workload == best.first.workload]
    rivals = [c for c in rivals if c.first.variant != best.first.variant]
    if rivals:
        other = rivals[0]
        said += f" That is {_times(best, other, blocks)} {other.name}, "
        said += f"which answered {rate_text(other)}."
    return said + _cost(ranked) + _doubt(best)


def each_of(cells: Sequence[Cell]) -> str:
    """What each cell did, and what held it."""
    known = [cell for cell in cells if cell.median("requests_per_second") is not None]
    limits = [limit_of(cell) for cell in known]
    return " ".join(
        f"{cell.name} answered {rate_text(cell)}{'; ' if limit else ''}{limit}."
        for cell, limit in zip(known, limits, strict=True)
    )


def _times(best: Cell, other: Cell, blocks: Blocks) -> str:
    """By their blocks where they have some in common, else by their medians."""
    paired = ratio(best, other, blocks)
    if paired:
        return ratio_text(paired)
    ours, theirs = (cell.median("requests_per_second") or 0.0 for cell in (best, other))
    return f"{ours / theirs:.2f} times" if theirs else "more than"


def rate_text(cell: Cell) -> str:
    """The median rate with what it may be taken for."""
    values = cell.values("requests_per_second")
    unit = f"{cell.counted}/s"
    median = format_count(cell.median("requests_per_second") or 0.0)
    if len(values) == 1:
        return f"{median} {unit} (one trial: no interval)"
    interval = median_interval(values)
    if interval is None:
        low, high = format_count(min(values)), format_count(max(values))
        return f"{median} {unit} ({low} to {high} in {len(values)} trials)"
    low, high = format_count(interval.low), format_count(interval.high)
    return f"{median} {unit} (95 % interval {low} to {high}, {len(values)} trials)"


def limit_of(cell: Cell) -> str:
    """What held a cell back, as its trials' verdicts say; empty where none does."""
    found = [trial.bottleneck.limit for trial in cell.counting if trial.bottleneck]
    if not found:
        return ""
    causes = Counter(limit.cause for limit in found)
    cause, count = causes.most_common(1)[0]
    because = next(limit.because for limit in found if limit.cause == cause)
    share = "" if count == len(found) else f" in {count} of {len(found)} trials"
    if cause == UNKNOWN:
        return f"what limited it{share} is unknown: {because}"
    return f"its limit{share}: {cause}, because {because}"


def _doubt(cell: Cell) -> str:
    """That a cell's rate is in doubt, and why first; empty where a valid trial stands behind it."""
    grades = {trial.grade for trial in cell.counting}
    if grades != {"suspect"}:
        return ""
    first = next(r.text for r in cell.counting[0].reasons if r.grade == "suspect")
    return f" {cell.name} is suspect: {first}."


def _cost(ranked: Sequence[Cell]) -> str:
    """What a request took of the app's CPU; of several variants, the one that took the least."""
    if len({cell.first.variant for cell in ranked}) == 1:
        cost = ranked[0].median("app_cpu")
        each = ranked[0].counted.removesuffix("s")
        return f" Each {each} took {format_seconds(cost)} of the app's CPU." if cost else ""
    told = [(cost, cell) for cell in ranked if (cost := cell.median("app_cpu")) is not None]
    told = [(cost, cell) for cost, cell in told if cell.first.workload == ranked[0].first.workload]
    if len({cell.first.variant for _, cell in told}) < 2:
        return ""
    cost, cheapest = min(told, key=lambda pair: pair[0])
    return f" Of the app's CPU {cheapest.name} took the least: {format_seconds(cost)} a request."
