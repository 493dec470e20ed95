"""Requests fail: what limits the rest can not be told."""

from benchrig.verdict.cause import Cause, Evidence
from benchrig.verdict.facts import Facts

SHARE_MAX = 0.001  # the same as the validity rule's


def look(facts: Facts) -> Evidence | None:
    """Above one failure in a thousand the trial is about failures."""
    if not facts.errors:
        return None
    score = 1.0 if facts.error_share > SHARE_MAX else facts.error_share / SHARE_MAX * 0.5
    because = f"{facts.error_share:.2%} of requests failed ({facts.errors})"
    return Evidence(score, because, "Read the app's journal and mend that before any tuning.")


CAUSE = Cause("errors", 0, look)
