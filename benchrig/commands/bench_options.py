"""What was typed for ``fab bench``, checked before a host is touched."""

from dataclasses import dataclass, replace

from benchrig.commands import context
from benchrig.drivers.catalogue import BY_PROTOCOL, find_driver
from benchrig.errors import BenchrigError
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.runtime import with_sampler
from benchrig.spec.variant import SETTINGS, Variant
from benchrig.spec.workload import Workload
from benchrig.trial.plan import Route, find_route, largest_divisor
from benchrig.units import parse_count, parse_rate, parse_seconds, parse_settings

ATTEMPTS_MAX = 10
CONNECTIONS_MAX = 60_000
REPEATS_MAX = 1000
REQUESTS_MAX = 10_000_000


@dataclass(frozen=True)
class BenchOptions:
    """The task's options as typed; empty means the default."""

    variant: str
    workload: str
    driver: str
    connections: str
    threads: str
    duration: str
    warmup: str
    requests: str
    rate: str
    rate_to: str
    spawn_rate: str
    workers: str
    settings: tuple[str, ...]
    via: str
    repeats: str
    attempts: str = "1"
    runtime_signals: bool = False


@dataclass(frozen=True)
class BenchPlan:
    """The options, checked; threads of 0 means as many as each load generator has CPUs."""

    catalogue: Catalogue
    variant: Variant
    workload: Workload
    parameters: dict[str, float]
    via: Route
    driver: str
    connections: int
    threads: int
    duration_seconds: float
    warmup_seconds: float
    requests: int
    rate_per_second: float
    rate_to_per_second: float
    spawn_rate_per_second: float
    repeats: int
    attempts: int


def check_options(options: BenchOptions) -> BenchPlan:
    """Everything that can be wrong with the options, told before a host is touched.

    Raises:
        BenchrigError: an unknown name, or a value out of range.
    """
    catalogue = load_catalogue(context.APPS)
    variant = context.chosen_variant(catalogue, options.variant)
    via = find_route(options.via) if options.via else variant.via
    settings = parse_settings(options.settings)
    if options.workers:
        settings["workers"] = str(parse_count(options.workers, "--workers", 1024))
    chosen = {key: value for key, value in settings.items() if key in SETTINGS}
    # The route first: several processes are one setting that only nginx can serve.
    variant = catalogue.override(replace(variant, via=via), chosen)
    if options.runtime_signals:
        variant = with_sampler(variant)
    workload = catalogue.workload(variant, options.workload)
    parameters = {
        key: workload.value(key, text) for key, text in settings.items() if key not in SETTINGS
    }
    connections = (
        parse_count(options.connections, "--connections", CONNECTIONS_MAX)
        if options.connections
        else workload.connections
    )
    threads = parse_count(options.threads, "--threads", connections) if options.threads else 0
    if threads and connections % threads:
        raise BenchrigError(
            f"{connections} connections can not be shared out evenly over {threads} threads",
            where="--threads",
            way_out=f"use {largest_divisor(connections, threads)}",
        )
    return BenchPlan(
        catalogue,
        variant,
        workload,
        parameters,
        variant.via,
        find_driver(options.driver or BY_PROTOCOL[workload.protocol]).name,
        connections,
        threads,
        parse_seconds(options.duration, "--duration"),
        parse_seconds(options.warmup, "--warmup") if options.warmup != "0" else 0.0,
        parse_count(options.requests, "--requests", REQUESTS_MAX) if options.requests else 0,
        parse_rate(options.rate, "--rate") if options.rate else 0.0,
        parse_rate(options.rate_to, "--rate-to") if options.rate_to else 0.0,
        parse_rate(options.spawn_rate, "--spawn-rate") if options.spawn_rate else 0.0,
        parse_count(options.repeats, "--repeats", REPEATS_MAX),
        parse_count(options.attempts, "--attempts", ATTEMPTS_MAX),
    )
