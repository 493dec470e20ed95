"""What one trial will do, decided before any host is touched."""

from dataclasses import dataclass, field, replace
from typing import Literal

from benchrig.drivers.base import LoadRequest
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.spec.catalogue import Catalogue
from benchrig.spec.launch import Launch, launch
from benchrig.spec.locks import Lock
from benchrig.spec.variant import Variant
from benchrig.spec.workload import Workload
from benchrig.units import whole_seconds

APP_PORT = 8000
NGINX_PORT = 8080
PEER_PORT = 8060
PRIMER_CONNECTIONS = 8
WARM_UP_DRIVER = "wrk"
Route = Literal["direct", "nginx"]
ROUTES: dict[str, Route] = {"direct": "direct", "nginx": "nginx"}


@dataclass(frozen=True)
class Level:
    """One point of a sweep: how the load is applied in the measure phase.

    Attributes:
        requests: stop after so many; 0 for as many as there is time for.
        rate_per_second: open loop at this rate, all load generators together; 0 for a closed loop.
        rate_to_per_second: the rate moves here on a straight line; 0 for a constant rate.
        spawn_rate_per_second: users are added at this rate; 0 for all at once.
        warmup_seconds: 0 for none; the same goes for the primer.
    """

    connections: int
    threads: int
    duration_seconds: float
    warmup_seconds: float
    primer_seconds: float
    requests: int = 0
    rate_per_second: float = 0.0
    rate_to_per_second: float = 0.0
    spawn_rate_per_second: float = 0.0
    parameters: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TrialPlan:
    """Everything one trial needs to know.

    Attributes:
        lock: versions of everything in the app's environment.
        answers_at_once: requests that one worker answers at a time; 0 for many, and in older
            records.
        changed: settings of the variant that are not the catalogue's, by name.
    """

    variant: Variant
    launch: Launch
    workload: Workload
    via: Route
    driver: str
    level: Level
    base_url: str
    health_urls: tuple[str, ...]
    lock: Lock | None = None
    answers_at_once: int = 0
    changed: dict[str, str | int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """What the load asks for."""
        return self.base_url + self.workload.target(self.level.parameters)

    @property
    def counted(self) -> str:
        """What its rate counts."""
        return "messages" if self.workload.protocol == "websocket" else "requests"

    def phases(self) -> list[tuple[str, str, LoadRequest]]:
        """Name, driver and load of the phases that send load, in order.

        Primer and warm-up are the rig's own driver's, whatever measures; it speaks HTTP only. They
        are closed loops, but for the warm-up of an open loop that the same driver measures.
        """
        level = self.level
        few = min(PRIMER_CONNECTIONS, level.connections)
        primer = self._load(few, 1, level.primer_seconds)
        warmup = self._load(level.connections, level.threads, level.warmup_seconds)
        if self.driver == WARM_UP_DRIVER and level.rate_per_second * level.warmup_seconds >= 1:
            # A closed loop would leave a full queue behind, which an open loop counts as latency.
            warmup = replace(warmup, rate_per_second=level.rate_per_second)
        planned = [("primer", WARM_UP_DRIVER, primer), ("warm-up", WARM_UP_DRIVER, warmup)]
        planned = [p for p in planned if p[2].duration_seconds and not p[2].websocket]
        return [*planned, ("measure", self.driver, self.measured_load())]

    def measured_load(self) -> LoadRequest:
        """The load of the measure phase."""
        return measured_load(self.url, self.workload, self.level)

    def _load(self, connections: int, threads: int, seconds: float) -> LoadRequest:
        load = closed_load(self.url, self.workload, self.level)
        return replace(load, connections=connections, threads=threads, duration_seconds=seconds)


def find_route(text: str) -> Route:
    """The route that ``--via`` names.

    Raises:
        BenchrigError: it is none.
    """
    if text not in ROUTES:
        raise BenchrigError(f"'{text}' is no route", where="--via", way_out="use direct or nginx")
    return ROUTES[text]


def measured_load(url: str, workload: Workload, level: Level) -> LoadRequest:
    """What the driver is asked for in the measure phase."""
    return replace(
        closed_load(url, workload, level),
        requests=level.requests,
        rate_per_second=level.rate_per_second,
        rate_to_per_second=level.rate_to_per_second,
        spawn_rate_per_second=level.spawn_rate_per_second,
    )


def closed_load(url: str, workload: Workload, level: Level) -> LoadRequest:
    """The same for as long, as fast as answers come."""
    headers = {"Accept": workload.accept, "Connection": "keep-alive"}
    if workload.method == "POST":
        headers["Content-Type"] = workload.content_type
    return LoadRequest(
        url,
        level.connections,
        level.threads,
        level.duration_seconds,
        headers=headers,
        pipeline=workload.pipeline,
        websocket=workload.protocol == "websocket",
        method=workload.method,
        body=workload.body,
        body_bytes=workload.posted_bytes(level.parameters),
    )


def plan_trial(
    catalogue: Catalogue,
    inventory: Inventory,
    variant: Variant,
    workload: Workload,
    level: Level,
    *,
    via: Route,
    driver: str = "wrk",
    lock: Lock | None = None,
) -> TrialPlan:
    """The plan of one variant and workload on these hosts.

    Primer and warm-up become whole seconds, rounded up: their driver takes no others.

    Raises:
        BenchrigError: the route does not lead to all the places the variant listens in.
    """
    servers = inventory.group("app_servers")
    level = replace(
        level,
        warmup_seconds=whole_seconds(level.warmup_seconds),
        primer_seconds=whole_seconds(level.primer_seconds),
    )
    return TrialPlan(
        variant=variant,
        launch=launch(catalogue, variant, servers[0].address, APP_PORT),
        workload=workload,
        via=via,
        driver=driver,
        level=level,
        base_url=base_url(inventory, variant, via),
        health_urls=tuple(
            f"http://{host.address}:{APP_PORT + process}/plaintext"
            for host in servers
            for process in range(variant.processes)
        ),
        lock=lock,
        answers_at_once=catalogue.answers_at_once(variant),
        changed=catalogue.changed(variant),
    )


def base_url(inventory: Inventory, variant: Variant, via: Route) -> str:
    """Where the load goes: the app server itself, or nginx with as many upstreams as processes.

    Raises:
        BenchrigError: straight to an app that listens on several ports, or to several app servers.
    """
    if via == "nginx":
        port = NGINX_PORT + (variant.processes if variant.processes > 1 else 0)
        return f"http://{inventory.one('nginx').address}:{port}"
    servers = inventory.group("app_servers")
    if variant.processes > 1 or len(servers) > 1:
        raise BenchrigError(
            f"'{variant.name}' listens in {variant.processes * len(servers)} places",
            where="--via direct",
            way_out="use --via nginx, which spreads the load over them",
        )
    return f"http://{servers[0].address}:{APP_PORT}"


def largest_divisor(number: int, most: int) -> int:
    """The most threads up to ``most`` that share ``number`` connections evenly."""
    return next(n for n in range(min(number, most), 0, -1) if number % n == 0)


def load_title(plan: TrialPlan) -> str:
    """What is asked of what, in a line."""
    level = plan.level
    load = f"{level.connections} connections"
    if level.rate_per_second:
        load += f", {level.rate_per_second:g}/s due"
    return f"{plan.variant.name}, {plan.workload.name}, {load}, {plan.via}"
