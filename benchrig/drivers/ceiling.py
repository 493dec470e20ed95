"""A driver's ceiling on a rig: the most it ever got out of a server that answers from memory."""

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ceiling:
    """The highest rate of one driver, on all load generators at once.

    Attributes:
        version: of the tool, and what it was built from.
        route: direct to the server, or through the proxy.
        connections: open at once, all load generators together.
        cpu_seconds_per_request: user and system time of the driver.
        measured_unix: when.
    """

    driver: str
    version: str
    route: str
    connections: int
    requests_per_second: float
    cpu_seconds_per_request: float
    measured_unix: float

    @property
    def cell(self) -> tuple[str, str, str, int]:
        """What it was measured for; a newer figure takes the place of an older one."""
        return self.driver, self.version, self.route, self.connections


def nearest(ceilings: Iterable[Ceiling], connections: int) -> Ceiling | None:
    """The ceiling whose connections are nearest by ratio; the fewer of two equally near."""
    ordered = sorted(ceilings, key=lambda c: c.connections)
    if not ordered:
        return None
    return min(ordered, key=lambda c: abs(math.log(c.connections / connections)))
