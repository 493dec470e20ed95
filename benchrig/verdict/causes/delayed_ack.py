"""About 40 ms per answer with idle CPUs: two small writes and no TCP_NODELAY.

The second write waits for the acknowledgement of the first (RFC 896), which the client's kernel
holds back for 40 ms (``TCP_DELACK_MIN`` of include/net/tcp.h).
"""

from benchrig.verdict.cause import Cause, Evidence
from benchrig.verdict.facts import Facts


def look(facts: Facts) -> Evidence | None:
    """Delayed acknowledgements as many as requests, and answers of about 40 ms."""
    score = min(1.0, facts.delayed_acks / 0.7) * min(1.0, facts.mode_40_ms / 0.6)
    because = (
        f"{facts.mode_40_ms * 100:.0f} % of answers took 35 to 60 ms, and the client's host "
        f"delayed {facts.delayed_acks:.2f} acknowledgements per request"
    )
    advice = "Set TCP_NODELAY on the server's connections, or write head and body at once."
    return Evidence(score, because, advice)


CAUSE = Cause("delayed-ack", 10, look)
