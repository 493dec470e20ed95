"""A link is full, or answers wait on the app's host to be sent."""

from statistics import fmean

from benchrig.units import format_count
from benchrig.verdict.cause import Cause, Evidence, percent
from benchrig.verdict.facts import Facts, ramp

FULL = 0.9  # of its rate: what headers and gaps leave
WAITING = 0.7  # of the requests in flight


def look(facts: Facts) -> Evidence | None:
    """By capacity where it is known, else by answers that the other side has not acknowledged."""
    # A client that has not read an answer has not acknowledged it either.
    unsent = facts.share(max(0.0, facts.queued.unsent - facts.queued.client_unread))
    # Answers that nobody acknowledges because two writes wait for each other are another cause.
    by_queue = unsent / WAITING * (1 - min(1.0, facts.delayed_acks)) * _app_rests(facts)
    fullest = max(facts.links, key=lambda link: link.used, default=None)
    used = fullest.used if fullest else 0.0
    score = min(1.0, max(used / FULL, by_queue))
    because = f"{percent(unsent)} of the requests in flight wait for their answer to be sent"
    if fullest and used / FULL >= by_queue:
        rate = format_count(fullest.bits_per_second / 1e6)
        capacity = format_count(fullest.capacity_bits_per_second / 1e6)
        because = (
            f"{fullest.name} of {fullest.host} {fullest.direction} {rate} of {capacity} Mbit/s"
            f" ({percent(used)}), {because}"
        )
    if facts.retransmits > 0.001:
        because += f", {facts.retransmits:.1%} of the segments were sent again"
    advice = "Send fewer bytes (compress, trim the answers), or give the host a faster link."
    return Evidence(score, because, advice)


def _app_rests(facts: Facts) -> float:
    """A network that limits leaves the app time to sleep: without it, answers wait in its wake."""
    if not facts.workers:
        return 1.0
    return ramp(fmean(worker.running.all_asleep for worker in facts.workers))


CAUSE = Cause("network", 20, look)
