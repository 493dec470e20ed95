"""What every driver is asked for and gives back."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchrig.drivers.histogram import Histogram
from benchrig.units import is_whole


@dataclass(frozen=True)
class LoadRequest:
    """One phase's load on one load generator host.

    Attributes:
        duration_seconds: how long to send; the driver stops by itself.
        timeout_seconds: an answer later than this counts as a timeout.
        requests: send so many and stop, whatever the duration; 0 for as many as there is time for.
        rate_per_second: open loop, this many requests fall due each second; 0 for a closed loop.
        rate_to_per_second: the rate moves here on a straight line; 0 for a constant rate.
        spawn_rate_per_second: users are added at this rate; 0 for all at once.
        pipeline: requests sent at once on a connection.
        live: whether the tool on that host can tell its counters while it runs.
        body: what is posted; ``body_bytes`` where any text of that size will do.
        websocket: ``connections`` are WebSockets that are opened and held.
        page_port: Locust's own web page listens there and says what to send; 0 for none.
    """

    url: str
    connections: int
    threads: int
    duration_seconds: float
    timeout_seconds: float = 8.0
    headers: dict[str, str] = field(default_factory=dict)
    requests: int = 0
    rate_per_second: float = 0.0
    rate_to_per_second: float = 0.0
    spawn_rate_per_second: float = 0.0
    pipeline: int = 1
    live: bool = False
    method: str = "GET"
    body: str = ""
    body_bytes: int = 0
    websocket: bool = False
    page_port: int = 0


@dataclass(frozen=True)
class Output:
    """What a driver's run left behind."""

    stdout: str
    stderr: str
    files: dict[str, str]


@dataclass(frozen=True)
class LoadErrors:
    """What went wrong, by kind; none of it counts as throughput.

    ``status`` counts answers with a code outside 2xx; ``detail`` names errno, codes and the like.
    """

    connect: int = 0
    read: int = 0
    write: int = 0
    timeout: int = 0
    status: int = 0
    detail: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All errors."""
        return self.connect + self.read + self.write + self.timeout + self.status

    @property
    def told(self) -> str:
        """How many of each kind, with their names where those are known."""
        kinds = ("connect", "read", "write", "timeout", "status")
        counts = [f"{k} {getattr(self, k):,}" for k in kinds if getattr(self, k)]
        names = [f"{name}: {count:,}" for name, count in self.detail.items() if count]
        return ", ".join(counts) + (f"; of these {', '.join(names)}" if names else "")


@dataclass(frozen=True)
class OpenLoop:
    """What became of the requests that fell due.

    ``unsent`` fell due and were never sent, ``unanswered`` were sent and not answered by the end.
    """

    due: int
    sent: int
    unsent: int
    unanswered: int


@dataclass(frozen=True)
class LoadResult:
    """One phase's outcome on one load generator host.

    Attributes:
        requests: answers with a 2xx code; in an open loop also those that came after the last
            request fell due.
        duration_seconds: what the driver says it ran; in an open loop how long requests fell due,
            without the wait for the last answers.
        begin_unix: when it began, of that host's clock; 0 where the driver does not tell.
        bytes_read: all bytes of all answers.
        latency: of every answer, from when it was sent, in an open loop from when it was due;
            ``None`` where the driver tells quantiles only.
        quantiles_seconds: quantile (0 to 1) to seconds, where there is no histogram.
        mean_seconds: mean latency as the driver tells it, where there is no histogram.
        service_latency: in an open loop, from when each request was really sent.
        connections_opened: how many really were; 0 where the driver does not tell.
        cut_off_seconds: time that requests under way at the end had taken, all together, at most;
            ``None`` where the driver does not tell.
    """

    requests: int
    duration_seconds: float
    bytes_read: int
    errors: LoadErrors
    latency: Histogram | None = None
    quantiles_seconds: dict[float, float] = field(default_factory=dict)
    mean_seconds: float = 0.0
    max_seconds: float = 0.0
    service_latency: Histogram | None = None
    open_loop: OpenLoop | None = None
    connections_opened: int = 0
    begin_unix: float = 0.0
    cut_off_seconds: float | None = None


@dataclass(frozen=True)
class Abilities:
    """What a driver can and can not measure, for people to choose by and for plans to check.

    Attributes:
        whole_seconds: it takes no duration with a fraction of a second.
        latency: how exact its latencies are, in words.
        blind_spots: what it does not see, in words.
        threads: it can use more than one core.
        several_hosts: it measures the same from several load generators at once.
    """

    closed_loop: bool
    open_loop: bool
    live: bool
    fixed_requests: bool
    pipelining: bool
    duration: bool
    spawn_rate: bool
    protocols: tuple[str, ...]
    latency: str
    blind_spots: str
    posts: bool = False
    threads: bool = True
    whole_seconds: bool = False
    several_hosts: bool = True


@dataclass(frozen=True)
class Tool:
    """The tool as it is installed on a load generator host.

    Attributes:
        live: it can tell its counters while it runs.
        build: names what it was built from, where the rig builds it.
    """

    version: str
    live: bool
    build: str = ""


class UnreadableOutput(ValueError):
    """The driver printed something its parser does not know; carries the line."""


class Driver(ABC):
    """A load tool: how it is called and how its output is read."""

    name: str
    summary: str
    abilities: Abilities

    def refusals(self, request: LoadRequest) -> list[str]:
        """What of the request this driver can not do, each as a sentence."""
        can, said = self.abilities, self._rate_refusals(request) + self._time_refusals(request)
        if request.requests and not can.fixed_requests:
            said.append("it can not stop after a number of requests")
        if request.pipeline > 1 and not can.pipelining:
            said.append("it can not pipeline")
        if request.spawn_rate_per_second and not can.spawn_rate:
            said.append("it can not add users at a rate")
        if request.method != "GET" and not can.posts:
            said.append("it can not post")
        if request.threads > 1 and not can.threads:
            said.append("it has one thread")
        if request.websocket and "WebSocket" not in can.protocols:
            said.append("it speaks no WebSocket")
        if not request.websocket and can.protocols == ("WebSocket",):
            said.append("it speaks WebSocket only")
        return said

    def _rate_refusals(self, request: LoadRequest) -> list[str]:
        said = []
        if request.rate_per_second and not self.abilities.open_loop:
            said.append("it has no open loop: it can not send at a given rate")
        if not request.rate_per_second and not self.abilities.closed_loop:
            said.append("it needs a rate")
        if request.rate_to_per_second and not request.rate_per_second:
            said.append("a rate that moves needs one to begin at")
        return said

    def _time_refusals(self, request: LoadRequest) -> list[str]:
        seconds = request.duration_seconds
        if not self.abilities.whole_seconds or request.requests or is_whole(seconds):
            return []
        near = [f"{n}s" for n in (math.floor(seconds), math.ceil(seconds)) if n]
        return [f"it takes whole seconds, not {seconds:g}s: give {' or '.join(near)}"]

    @abstractmethod
    def argv(self, request: LoadRequest) -> list[str]:
        """The command line of one phase; it runs in an empty folder of its own."""

    @abstractmethod
    def parse(self, output: Output) -> LoadResult:
        """Read what a run left behind.

        Raises:
            UnreadableOutput: something that must be there is not.
        """

    @abstractmethod
    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """The installed version; ``run`` returns what a command prints."""

    def setup(self, request: LoadRequest) -> dict[str, str]:  # noqa: ARG002 - for those that need it
        """Files the command line reads, by name, put into the folder before it starts."""
        return {}

    def collect(self, folder: Path) -> dict[str, str]:
        """On the load generator host, after the run: what is kept of the files it left.

        Files that grow with each request are reduced here, and nowhere else.
        """
        return {p.name: p.read_text(errors="replace") for p in sorted(folder.iterdir())}
