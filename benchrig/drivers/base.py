"""What every driver is asked for and gives back."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LoadRequest:
    """One phase's load on one load generator host.

    Attributes:
        duration_seconds: how long to send; the driver stops by itself.
        timeout_seconds: an answer later than this counts as a timeout.

    """

    url: str
    connections: int
    threads: int
    duration_seconds: float
    timeout_seconds: float = 8.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadErrors:
    """What went wrong, by kind; none of it counts as throughput.

    ``status`` counts answers with a code outside 2xx.
    """

    connect: int = 0
    read: int = 0
    write: int = 0
    timeout: int = 0
    status: int = 0

    @property
    def total(self) -> int:
        """All errors."""
        return self.connect + self.read + self.write + self.timeout + self.status


@dataclass(frozen=True)
class LoadResult:
    """One phase's outcome on one load generator host.

    Attributes:
        requests: answers with a 2xx code.
        duration_seconds: what the driver says it ran.
        bytes_read: all bytes of all answers.
        latency_seconds: quantile (0 to 1) to seconds, service time as the driver counts it.

    """

    requests: int
    duration_seconds: float
    bytes_read: int
    errors: LoadErrors
    latency_seconds: dict[float, float]
    latency_mean_seconds: float
    latency_max_seconds: float


class UnreadableOutput(ValueError):
    """The driver printed something its parser does not know; carries the line."""
