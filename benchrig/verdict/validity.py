"""Whether a trial's number can be trusted, with the reason and the figure."""

from dataclasses import dataclass
from typing import Literal

from benchrig.figures import TrialFigures
from benchrig.trial.raw import RawTrial

Grade = Literal["valid", "suspect", "invalid"]
ERROR_SHARE_MAX = 0.001
RATE_MISSED_MAX = 0.01


@dataclass(frozen=True)
class Reason:
    """Why a trial is not valid."""

    grade: Grade
    text: str


@dataclass(frozen=True)
class Validity:
    """The worst grade of all reasons, and the reasons."""

    grade: Grade
    reasons: tuple[Reason, ...]


def judge(raw: RawTrial, figures: TrialFigures) -> Validity:
    """Apply every rule."""
    reasons = [*_execution(raw, figures), *_errors(figures), *_rate(figures), *_restarts(raw)]
    grades = {reason.grade for reason in reasons}
    worst: Grade = "invalid" if "invalid" in grades else "suspect" if grades else "valid"
    return Validity(worst, tuple(reasons))


def _execution(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    reasons = [Reason("invalid", f"{c.name}: {c.detail}") for c in raw.checks if not c.passed]
    reasons += [
        Reason("invalid" if fault.fatal else "suspect", f"{fault.where}: {fault.what}")
        for fault in raw.faults
    ]
    if figures.unreadable:
        reasons.append(Reason("invalid", figures.unreadable))
    if figures.client is None and not reasons:
        reasons.append(Reason("invalid", "nothing was measured"))
    return reasons


def _errors(figures: TrialFigures) -> list[Reason]:
    client = figures.client
    if client is None:
        return []
    if client.requests == 0:
        return [Reason("invalid", "not one request was answered")]
    if client.error_share > ERROR_SHARE_MAX:
        kinds = {k: v for k, v in vars(client.errors).items() if v}
        listed = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
        share = f"{client.error_share:.2%} of requests failed ({listed})"
        return [Reason("invalid", f"{share}; at most {ERROR_SHARE_MAX:.1%} may")]
    return []


def _rate(figures: TrialFigures) -> list[Reason]:
    """An open loop that could not keep to its schedule measured something else than was asked."""
    client = figures.client
    if client is None or client.open_loop is None:
        return []
    loop = client.open_loop
    missed = (loop.unsent + loop.unanswered) / loop.due if loop.due else 1.0
    if missed <= RATE_MISSED_MAX:
        return []
    text = f"{missed:.1%} of {loop.due} requests that fell due were not answered by the end"
    return [Reason("invalid", f"{text}; at most {RATE_MISSED_MAX:.0%} may")]


def _restarts(raw: RawTrial) -> list[Reason]:
    return [
        Reason("invalid", f"{host}: the app was running as {at['begin']}, then {at['end']}")
        for host, at in raw.app_units.items()
        if at.get("end", at["begin"]) != at["begin"]
    ]
