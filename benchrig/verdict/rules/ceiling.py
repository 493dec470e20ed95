"""Whether the load generator was near its own ceiling: then it was measured, not the server."""

import time

from benchrig.drivers.catalogue import find_driver
from benchrig.figures import TrialFigures
from benchrig.trial.raw import RawTrial
from benchrig.verdict.reason import Reason

SHARE_MAX = 0.9


def reasons(raw: RawTrial, figures: TrialFigures) -> list[Reason]:
    """Invalid near the ceiling, a note where there is none to judge by.

    The ceiling is that of small answers; with large ones the true one is lower, so a trial that
    stays below it may still have been held back by the generator, which its threads' CPU shows.
    """
    if figures.client is None or find_driver(raw.plan.driver).abilities.protocols == ("WebSocket",):
        return []
    ceiling = raw.ceiling
    if ceiling is None:
        return [
            Reason("valid", "the load generator's ceiling is not known: `fab calibrate.driver`")
        ]
    rate = figures.client.requests_per_second
    share = rate / ceiling.requests_per_second
    if share < SHARE_MAX:
        return []
    day = time.strftime("%Y-%m-%d", time.gmtime(ceiling.measured_unix))
    text = (
        f"the load generator was at {share:.0%} of its ceiling: {rate:,.0f} of "
        f"{ceiling.requests_per_second:,.0f} requests/s ({ceiling.driver}, "
        f"{ceiling.connections} connections, {ceiling.route}, measured {day}); "
        f"below {SHARE_MAX:.0%} the server is what is measured"
    )
    return [Reason("invalid", text)]
