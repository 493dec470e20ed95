"""Whether a trial's number can be trusted, with the reason and the figure."""

from dataclasses import dataclass, replace

from benchrig.figures import TrialFigures
from benchrig.tiers import APP
from benchrig.trial.raw import RawTrial
from benchrig.verdict.reason import Grade, Reason
from benchrig.verdict.rules import backlog, ceiling, drift, hosts, load, totals

__all__ = ["Grade", "Reason", "Validity", "judge"]
ERROR_SHARE_MAX = 0.001
RATE_MISSED_MAX = 0.01


@dataclass(frozen=True)
class Validity:
    """The worst grade of all reasons, and the reasons."""

    grade: Grade
    reasons: tuple[Reason, ...]

    @property
    def overload(self) -> bool:
        """Whether it is invalid only because the load was more than the server takes."""
        against = [reason for reason in self.reasons if reason.grade == "invalid"]
        return bool(against) and all(reason.overload for reason in against)


def judge(raw: RawTrial, figures: TrialFigures) -> Validity:
    """Apply every rule."""
    reasons = [
        *_execution(raw, figures),
        *_errors(figures),
        *_rate(figures),
        *backlog.reasons(raw),
        *_restarts(raw),
        *_sampled(raw),
        *load.reasons(raw, figures),
        *drift.reasons(raw),
        *totals.reasons(raw, figures),
        *hosts.reasons(raw),
        *_uncounted(raw, figures),
        *_known(raw),
        *ceiling.reasons(raw, figures),
    ]
    if raw.plan.level.rate_to_per_second:
        reasons = [_of_a_ramp(reason) for reason in reasons]
    grades = [reason.grade for reason in reasons]
    worst: Grade = next((g for g in ("invalid", "suspect") if g in grades), "valid")
    return Validity(worst, tuple(reasons))


def _of_a_ramp(reason: Reason) -> Reason:
    """A ramp that goes past the knee is meant to: its moments count, its means do not."""
    if not reason.overload:
        return reason
    return replace(reason, grade="suspect", text=f"{reason.text}, but a ramp may pass the knee")


def _execution(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    failed = [c for c in raw.checks if not c.passed and not c.known]
    reasons = [Reason("invalid", f"{c.name}: {c.detail}") for c in failed]
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
        return [Reason("invalid", "not one request was answered", overload=True)]
    if client.error_share > ERROR_SHARE_MAX:
        share = f"{client.error_share:.2%} of requests failed ({client.errors.told})"
        text = f"{share}; at most {ERROR_SHARE_MAX:.1%} may"
        return [Reason("invalid", text, overload=True)]
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
    return [Reason("invalid", f"{text}; at most {RATE_MISSED_MAX:.0%} may", overload=True)]


def _restarts(raw: RawTrial) -> list[Reason]:
    return [
        Reason("invalid", f"{host}: the app was running as {at['begin']}, then {at['end']}")
        for host, at in raw.app_units.items()
        if at.get("end", at["begin"]) != at["begin"]
    ]


def _uncounted(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    """A load whose counters came too late, or that was over too soon, has a rate and no cost."""
    if figures.client is None or not raw.snapshots or APP.name in figures.tiers:
        return []
    text = "the app's counters were not read in the middle of the load, which was over too soon or "
    return [Reason("suspect", f"{text}kept the host too busy: nobody can say what a request cost")]


def _sampled(raw: RawTrial) -> list[Reason]:
    """A server that answers wrongly only under load is no faster for it."""
    seen = raw.sampled
    if seen is None or not seen.wrong:
        return []
    text = f"under load {seen.wrong} of {seen.asked} sampled answers were wrong, the first: "
    known = raw.plan.variant.known.get("under-load")
    text += seen.first_wrong + (f" (known: {known})" if known else "")
    return [Reason("suspect" if known else "invalid", text)]


def _known(raw: RawTrial) -> list[Reason]:
    """What the stack can not do alike stands beside its number."""
    variant = raw.plan.variant
    reasons = [Reason("suspect", f"not for use: {variant.unsafe}")] if variant.unsafe else []
    for check in raw.checks:
        if check.known and not check.passed:
            reasons.append(Reason("valid", f"known, {check.name}: {check.known}"))
        elif check.known and raw.plan.via == "direct":  # nginx may mend what the stack fails
            reasons.append(Reason("valid", f"{check.name} passes, though it is known to fail"))
    return reasons
