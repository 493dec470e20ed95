"""Whether what a suite expects came out: findings computed from its trials. Pure."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchrig.contract.spec import plain
from benchrig.spec.expectation import Expectation, Figure, Shape
from benchrig.suite.cells import CONNECTIONS
from benchrig.suite.outcome import CellOutcome, chain_cores
from benchrig.trial.plan import Level
from benchrig.units import format_bytes, format_count, format_seconds

Word = Literal["seen", "not seen", "no data", "told"]
FIRST_TO_LAST: frozenset[Shape] = frozenset({"grows", "widens"})
ONE_LEVEL = "one level only"


@dataclass(frozen=True)
class ShapeFinding:
    """One expectation and what the data say to it.

    Attributes:
        figures: the figures that the word rests on.
    """

    word: Word
    says: str
    figures: str


@dataclass(frozen=True)
class _Point:
    """One level of one case: the median of its trials that count.

    Attributes:
        limits: what limited each trial that counts.
        filled: share of the clients that ask in an average wave, see `_filled`.
    """

    axes: dict[str, float]
    swept: tuple[str, ...]
    value: float
    cores: float
    limit: str
    limits: tuple[str, ...]
    by_block: dict[int, float]
    filled: float

    @property
    def place(self) -> str:
        return " ".join(f"{name} {plain(self.axes[name])}" for name in self.swept)


def shape_findings(
    expected: Sequence[Expectation], cells: Sequence[CellOutcome]
) -> list[ShapeFinding]:
    """The findings of a suite, one for each expectation and part that has its cases."""
    found = []
    for each in expected:
        parts = dict.fromkeys(c.cell.part for c in cells if c.cell.case == each.case)
        for part in parts:
            if each.part in ("", part):
                there = [c for c in cells if c.cell.part == part]
                found.append(_finding(each, there, part if len(parts) > 1 else ""))
    return found


def _finding(each: Expectation, cells: Sequence[CellOutcome], part: str) -> ShapeFinding:
    says = f"{part}: {each.says}" if part else each.says
    ours = _points(cells, each.case, each.figure)
    theirs = _points(cells, each.than, each.figure) if each.than else []
    if not ours or (each.than and not theirs):
        return ShapeFinding("no data", says, "no trial that counts")
    seen, figures = SHAPES[each.shape](each, ours, theirs)
    lost = _lost(each, cells)
    if lost:
        figures += f"; no trial counts: {', '.join(lost)}"
    return ShapeFinding(_word(each.shape, seen, bool(lost)), says, figures)


def _word(shape: Shape, seen: bool | None, lost: bool) -> Word:
    """A claim about every level is not seen at those that are left, and may fail at one of them."""
    if shape == "weigh":
        return "told"
    if seen is None or (lost and (seen or shape in FIRST_TO_LAST)):
        return "no data"
    return "seen" if seen else "not seen"


def _lost(each: Expectation, cells: Sequence[CellOutcome]) -> list[str]:
    """Levels of its cases without a figure."""
    cases = {each.case, each.than}
    return [c.cell.title for c in cells if c.cell.case in cases and not c.median(each.figure)]


def _points(cells: Sequence[CellOutcome], case: str, figure: Figure) -> list[_Point]:
    points = []
    for each in cells:
        value = each.median(figure)
        if each.cell.case == case and value:
            cores = [chain_cores(t.figures) for t in each.counted]
            points.append(
                _Point(
                    each.cell.axes,
                    each.cell.swept,
                    value,
                    statistics.median(cores),
                    each.limit,
                    tuple(t.limit for t in each.counted if t.limit),
                    {t.block: t.values[figure] for t in each.counted if figure in t.values},
                    _filled(each.cell.plan.level),
                )
            )
    return points


def _filled(level: Level) -> float:
    """A fixed number of requests that wait comes in waves of all clients, the last one not full.

    100 requests of 40 clients take as long as 120 would.
    """
    if not level.requests:
        return 1.0
    waves = math.ceil(level.requests / level.connections)
    return level.requests / (waves * level.connections)


def _near(each: Expectation, ours: list[_Point], _: list[_Point]) -> tuple[bool | None, str]:
    told, seen = [], True
    for point in ours:
        expected = each.value * math.prod(point.axes[a] for a in each.times)
        expected /= math.prod(point.axes[a] for a in each.over)
        expected *= point.filled if CONNECTIONS in each.times else 1.0
        low = 0.0 if each.at_most else expected * (1 - each.within)
        seen &= low <= point.value <= expected * (1 + each.within)
        limit = "at most " if each.at_most else ""
        told.append(_at(point, f"{_shown(each, point)} of {limit}{_number(each, expected)}"))
    return seen, "; ".join(told)


def _ahead(each: Expectation, ours: list[_Point], theirs: list[_Point]) -> tuple[bool | None, str]:
    ratios = _ratios(each, ours, theirs)
    if not ratios:
        return None, "no level that both have"
    told = [_at(point, f"{ratio:.2f} times {each.than}") for point, ratio in ratios]
    return all(ratio >= each.by for _, ratio in ratios), "; ".join(told)


def _widens(each: Expectation, ours: list[_Point], theirs: list[_Point]) -> tuple[bool | None, str]:
    ratios = sorted(_ratios(each, ours, theirs), key=lambda pair: pair[0].axes[each.along])
    if len(ratios) < 2:
        return None, ONE_LEVEL
    told = [_at(point, f"{ratio:.2f} times {each.than}") for point, ratio in ratios]
    return ratios[-1][1] >= each.by * ratios[0][1], "; ".join(told)


def _ratios(
    each: Expectation, ours: list[_Point], theirs: list[_Point]
) -> list[tuple[_Point, float]]:
    """How many times better, level by level."""
    pairs = [(a, b) for a in ours for b in theirs if a.axes == b.axes]
    if each.more_is_better:
        return [(a, _ratio(a, b)) for a, b in pairs]
    return [(a, 1 / _ratio(a, b)) for a, b in pairs]


def _ratio(ours: _Point, theirs: _Point) -> float:
    """Block by block where both have one, so that drift hits both alike."""
    common = ours.by_block.keys() & theirs.by_block.keys()
    if not common:
        return ours.value / theirs.value
    return statistics.median(ours.by_block[b] / theirs.by_block[b] for b in common)


def _grows(each: Expectation, ours: list[_Point], _: list[_Point]) -> tuple[bool | None, str]:
    points = sorted(ours, key=lambda point: point.axes[each.along])
    if len(points) < 2:
        return None, ONE_LEVEL
    told = "; ".join(_at(point, _shown(each, point)) for point in points)
    return points[-1].value >= each.by * points[0].value, told


def _flat(each: Expectation, ours: list[_Point], _: list[_Point]) -> tuple[bool | None, str]:
    if len(ours) < 2:
        return None, ONE_LEVEL
    told = "; ".join(_at(point, _shown(each, point)) for point in ours)
    values = [point.value for point in ours]
    return max(values) <= min(values) * (1 + each.within), told


def _limited(each: Expectation, ours: list[_Point], _: list[_Point]) -> tuple[bool | None, str]:
    told = "; ".join(_at(point, point.limit or "no verdict") for point in ours)
    if not all(point.limits for point in ours):
        return None, told
    return all(2 * p.limits.count(each.cause) > len(p.limits) for p in ours), told


def _weigh(each: Expectation, ours: list[_Point], theirs: list[_Point]) -> tuple[bool | None, str]:
    told = [
        _at(
            a,
            f"{each.case} {_side(each, a)}, {each.than} {_side(each, b)}: "
            f"{_ratio(a, b):.2f} times the {each.figure.replace('_', ' ')}",
        )
        for a in ours
        for b in theirs
        if a.axes == b.axes
    ]
    return True, "; ".join(told)


def _side(each: Expectation, point: _Point) -> str:
    limit = f" (limit: {point.limit})" if point.limit else ""
    return f"{_shown(each, point)} with {point.cores:.2f} cores{limit}"


SHAPES: dict[
    Shape, Callable[[Expectation, list[_Point], list[_Point]], tuple[bool | None, str]]
] = {
    "near": _near,
    "ahead": _ahead,
    "widens": _widens,
    "grows": _grows,
    "flat": _flat,
    "limited": _limited,
    "weigh": _weigh,
}


def _at(point: _Point, text: str) -> str:
    return f"{point.place}: {text}" if point.place else text


def _shown(each: Expectation, point: _Point) -> str:
    return _number(each, point.value)


def _number(each: Expectation, value: float) -> str:
    if each.figure.endswith("_seconds") or each.figure == "cpu_seconds_per_request":
        return format_seconds(value)
    if each.figure.endswith("_bytes"):
        return format_bytes(value)
    return format_count(value)
