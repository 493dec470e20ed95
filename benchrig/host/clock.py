"""Moments that the control node names, in this host's clock."""

import time

AHEAD_SECONDS = 5.0  # nobody asks for a moment that is further away


class ClockStepped(Exception):
    """The clock was set since the control node compared it with its own."""


def wait_until(unix: float) -> None:
    """Sleep until a moment that is close; one that has passed is not waited for.

    Raises:
        ClockStepped: the moment is too far away to have been meant.
    """
    ahead = unix - time.time()
    if ahead > AHEAD_SECONDS:
        raise ClockStepped(
            f"what was asked for lies {ahead:.0f} s ahead: this host's clock, or the control "
            "node's, was set during the run"
        )
    time.sleep(max(0.0, ahead))
