"""What must come out of a suite on any machine: ratios, orders and limits set by waiting."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from benchrig.errors import nearest

Figure = Literal[
    "requests_per_second",
    "cpu_seconds_per_request",
    "requests_per_app_cpu_second",
    "mean_seconds",
    "app_memory_bytes",
]
Shape = Literal["near", "ahead", "widens", "grows", "flat", "limited", "weigh"]
LESS_IS_BETTER: frozenset[Figure] = frozenset(
    {"cpu_seconds_per_request", "mean_seconds", "app_memory_bytes"}
)
NEEDED: dict[Shape, tuple[str, ...]] = {
    "near": ("value",),
    "ahead": ("than",),
    "widens": ("than", "along"),
    "grows": ("along",),
    "flat": ("along",),
    "limited": ("cause",),
    "weigh": ("than",),
}


@dataclass(frozen=True)
class Expectation:
    """One shape.

    - near: at every level the figure is ``value`` x ``times`` / ``over``, give or take ``within``;
      of a fixed number of requests, what a last wave of fewer clients leaves out is taken off.
    - ahead: at every level it is better than that of ``than``, by this factor at least.
    - widens: how far it is ahead of ``than`` grows from the first level to the last.
    - grows: from the first level to the last it grows by this factor at least.
    - flat: at all levels it is the same, give or take ``within``.
    - limited: at every level the verdict names this cause in most trials.
    - weigh: no claim; both are told side by side, with what each of them cost.

    Attributes:
        says: the finding in words.
        part: only there; every part where empty.
        times, over: names of axes (connections, a parameter) that the value is multiplied with and
            divided by.
        along: the axis whose levels are compared.
        cause: what limits it, by the name that verdicts give it.
        at_most: where ``near`` is meant as an upper limit.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    says: str
    shape: Shape
    case: str
    figure: Figure = "requests_per_second"
    part: str = ""
    than: str = ""
    value: Annotated[float, Field(ge=0)] = 0.0
    times: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    within: Annotated[float, Field(gt=0, le=1)] = 0.15
    at_most: bool = False
    by: Annotated[float, Field(gt=0)] = 1.0
    along: str = ""
    cause: str = ""

    @property
    def more_is_better(self) -> bool:
        """Whether a larger figure is the better one."""
        return self.figure not in LESS_IS_BETTER


@dataclass(frozen=True)
class Place:
    """Where an expectation may hold: one part of a suite.

    Attributes:
        axes: names of connections, rate and parameters to their values; none where the workload
            decides.
    """

    part: str
    cases: tuple[str, ...]
    axes: Mapping[str, Sequence[float]]


def expectation_mistakes(expected: Iterable[Expectation], places: Sequence[Place]) -> list[str]:
    """Everything that does not fit the parts, each as a sentence."""
    known = {case for place in places for case in place.cases}
    mistakes = []
    for number, each in enumerate(expected, 1):
        where = f"expect {number}"
        mistakes += [
            f"{where}: {key}: is missing for shape '{each.shape}'"
            for key in NEEDED[each.shape]
            if not getattr(each, key)
        ]
        mistakes += [
            f"{where}: '{case}' is no case; {nearest(case, known)}"
            for case in (each.case, each.than)
            if case and case not in known
        ]
        if {each.case, each.than or each.case} <= known:
            mistakes += [f"{where}: {fault}" for fault in _misplaced(each, places)]
    return mistakes


def _misplaced(each: Expectation, places: Sequence[Place]) -> list[str]:
    """Why its cases, its part or its axes are not where it looks for them."""
    names = [place.part for place in places]
    if each.part and each.part not in names:
        return [f"'{each.part}' is no part; {nearest(each.part, filter(None, names))}"]
    meant = [place for place in places if each.part in ("", place.part)]
    there = [place for place in meant if {each.case, each.than or each.case} <= {*place.cases}]
    if not there:
        return [f"no part has both '{each.case}' and '{each.than}'"]
    wanted = [name for name in (*each.times, *each.over, each.along) if name]
    faults = [
        f"'{name}' is no axis; {nearest(name, place.axes)}"
        for place in there
        for name in wanted
        if name not in place.axes
    ]
    faults += [
        f"over: '{name}' is 0 at a level, and nothing can be divided by it"
        for place in there
        for name in each.over
        if 0 in place.axes.get(name, ())
    ]
    return list(dict.fromkeys(faults))
