"""From the trials of two cells to a comparison, by the conditions it was measured under. Pure."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchrig.compare.comparable import Comparable
from benchrig.compare.finding import Bounds, find
from benchrig.compare.pairs import Figures, Pairs, pair
from benchrig.compare.pairs import Outcome as Kind
from benchrig.compare.primary import Comparison, Conditions, compare, primary_outcome
from benchrig.contract.spec import plain
from benchrig.stats.interval import CONFIDENCE
from benchrig.suite.outcome import Outcome
from benchrig.tiers import APP
from benchrig.trial.plan import TrialPlan
from benchrig.verdict.counting import counting

MARGIN = 0.02
IDLE_SHARE = 0.25  # of the cores its processes may use: below, the app mostly waits


@dataclass(frozen=True)
class Judgement:
    """By what a comparison is judged.

    Attributes:
        floors: noise floor of each outcome, natural logarithms of ratios.
        margin: differences up to here do not matter to the reader.
        shared_machine: the hosts share one machine's CPUs.
    """

    floors: dict[Kind, float]
    shared_machine: bool
    margin: float = MARGIN
    confidence: float = CONFIDENCE

    def bounds(self, kind: Kind) -> Bounds:
        """What the finding of one outcome is measured against."""
        return Bounds(self.floors[kind], self.margin)


@dataclass(frozen=True)
class Place:
    """What a run's record tells of where its trials ran; texts, to be told where they differ."""

    rig: str = ""
    dataset: str = ""
    schema: int = 0


def pairs_of(kind: Kind, baseline: Sequence[Outcome], contender: Sequence[Outcome]) -> Pairs:
    """The blocks of one outcome."""
    return pair(kind, _figures(baseline), _figures(contender))


def _figures(trials: Sequence[Outcome]) -> list[Figures]:
    """A suspect trial is left out where its side has valid ones, and told as what it is."""
    kept = {id(each) for each in counting(trials)}
    return [
        each.compared("" if id(each) in kept else each.refused or f"suspect: {each.doubts[0]}")
        for each in trials
    ]


def compared(
    baseline: Sequence[Outcome], contender: Sequence[Outcome], judgement: Judgement
) -> Comparison:
    """Both outcomes, the one that decides first."""
    findings = [
        find(
            kind,
            pairs_of(kind, baseline, contender),
            judgement.bounds(kind),
            judgement.confidence,
        )
        for kind in (Kind.THROUGHPUT, Kind.CPU)
    ]
    return compare(
        findings[0], findings[1], conditions(baseline, contender, judgement.shared_machine)
    )


def conditions(
    baseline: Sequence[Outcome], contender: Sequence[Outcome], shared_machine: bool
) -> Conditions:
    """What is known before the figures are compared."""
    sides = [counting(baseline), counting(contender)]
    counted = [each for side in sides for each in side]
    shares = [[share for o in side if (share := busy_share(o)) is not None] for side in sides]
    bound = min(map(statistics.median, shares)) >= IDLE_SHARE if all(shares) else None
    has_cpu = bool(counted) and all("cpu_seconds_per_request" in o.values for o in counted)
    rate_given = any(o.rate_given for side in (baseline, contender) for o in side)
    return Conditions(shared_machine, bound, has_cpu, rate_given)


def primary_of(
    baseline: Sequence[Outcome], contender: Sequence[Outcome], shared_machine: bool
) -> Kind:
    """The outcome that decides."""
    return primary_outcome(conditions(baseline, contender, shared_machine))[0]


def doubts_of(name: str, trials: Sequence[Outcome]) -> list[str]:
    """That suspect trials stand for a cell, and why first; nothing where it has valid ones."""
    counted = counting(trials)
    if {each.grade for each in counted} != {"suspect"}:
        return []
    first = counted[0].doubts[0]
    return [f"{name} is suspect: none of its trials is valid, suspect ones stand for it: {first}"]


def busy_share(found: Outcome) -> float | None:
    """CPU cores that the app used, of those its processes could; ``None`` without counters."""
    app = found.figures.tiers.get(APP.name)
    if app is None or not app.processes:
        return None
    able = [p for p in app.processes if p.cpu_cores >= 0.005 or p.connections]
    return app.cpu_cores / max(1, min(app.cpus or 1, len(able)))


def labels(plan: TrialPlan, place: Place) -> Comparable:
    """On what two sets of trials must agree; the dataset only where the workload reads it."""
    level = plan.level
    told = [f"connections={level.connections}"]
    told += [f"rate={plain(level.rate_per_second)}"] if level.rate_per_second else []
    told += [f"rate to={plain(level.rate_to_per_second)}"] if level.rate_to_per_second else []
    spawned = level.spawn_rate_per_second
    told += [f"spawn rate={plain(spawned)}"] if spawned else []
    told += [f"requests={level.requests}"] if level.requests else []
    told += [f"{name}={plain(value)}" for name, value in sorted(level.parameters.items())]
    return Comparable(
        rig=place.rig,
        dataset=place.dataset if plan.workload.tables else "",
        schema=place.schema,
        workload=plan.workload.name,
        level=" ".join(told),
        route=plan.via,
        driver=plan.driver,
        measured_seconds=level.duration_seconds,
    )


def of_cell(found: Iterable[Outcome], cell: int) -> list[Outcome]:
    """The trials of one cell."""
    return [o for o in found if o.cell == cell]
