"""What limited a trial: one cause, its evidence, a second candidate, one sentence of advice."""

from benchrig.figures import TrialFigures
from benchrig.trial.raw import RawTrial
from benchrig.verdict.cause import AT_LIMIT, NOTHING
from benchrig.verdict.causes import all_causes
from benchrig.verdict.facts import Facts
from benchrig.verdict.gather import gather
from benchrig.verdict.limit import Bottleneck, Candidate

__all__ = ["UNKNOWN", "Bottleneck", "Candidate", "find_bottleneck", "judge"]

UNKNOWN = "unknown"
SECOND_MIN = 0.3  # a weaker candidate is not worth naming
LAST_DEPTH = 1000


def find_bottleneck(raw: RawTrial, figures: TrialFigures) -> Bottleneck | None:
    """What limited the trial; ``None`` where nothing was measured."""
    facts = gather(raw, figures)
    return judge(facts) if facts else None


def judge(facts: Facts) -> Bottleneck:
    """Of the causes at their limit the deepest; if there is none, unknown."""
    scored = []
    for cause in all_causes():
        seen = cause.look(facts) or NOTHING
        candidate = Candidate(cause.name, seen.score, seen.because, seen.advice)
        scored.append((cause.depth if seen.score >= AT_LIMIT else LAST_DEPTH, candidate))
    scored.sort(key=lambda pair: (pair[0], -pair[1].score))
    depth, first = scored[0]
    if depth == LAST_DEPTH:
        nearest = f"nothing is at its limit; the nearest is {first.cause} ({first.score:.2f})"
        advice = "Measure longer, and look at the dashboards of this window."
        return Bottleneck(Candidate(UNKNOWN, 0.0, nearest, advice), _worth(first))
    return Bottleneck(first, _worth(scored[1][1]))


def _worth(candidate: Candidate) -> Candidate | None:
    return candidate if candidate.score >= SECOND_MIN else None
