"""Two cells from what was typed: a baseline and a contender under the same load."""

from dataclasses import dataclass
from functools import cache

from benchrig.commands import context
from benchrig.commands.bench_options import CONNECTIONS_MAX
from benchrig.drivers.catalogue import BY_PROTOCOL
from benchrig.errors import BenchrigError
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.suite import Case, Part, Setting, Suite
from benchrig.spec.workload import find_workload
from benchrig.suite.cells import Draft, drafts
from benchrig.trial.plan import find_route
from benchrig.units import parse_count, parse_rate, parse_seconds, parse_settings


@dataclass(frozen=True)
class LoadOptions:
    """The load as typed; empty means the default."""

    workload: str = "json"
    driver: str = ""
    connections: str = ""
    rate: str = ""
    settings: tuple[str, ...] = ()
    via: str = ""
    duration: str = "5s"
    warmup: str = "2s"


def typed_case(text: str, load: LoadOptions, option: str) -> Case:
    """A case from ``variant`` or ``variant:workers=4,loop=uvloop``.

    Raises:
        BenchrigError: nothing was typed, no such variant, or no such route.
    """
    name, _, told = text.partition(":")
    context.chosen_variant(_catalogue(), name, option)
    settings: dict[str, Setting] = {}
    settings |= parse_settings(told.split(",")) if told else {}
    via = find_route(load.via) if load.via else ""
    return Case(name, via=via, settings=settings)


def typed_part(cases: dict[str, Case], load: LoadOptions, blocks: int = 1) -> Part:
    """One part of these cases under the typed load.

    Raises:
        BenchrigError: no such workload, or a value that can not be read.
    """
    workload = find_workload(_catalogue().workloads, load.workload)
    parameters: dict[str, tuple[float, ...]] = {}
    for name, text in parse_settings(load.settings).items():
        parameters[name] = numbers(text, f"--set {name}")
    connections = (
        tuple(parse_count(c, "--connections", CONNECTIONS_MAX) for c in load.connections.split(","))
        if load.connections
        else None
    )
    rates = tuple(parse_rate(r, "--rate") for r in load.rate.split(",")) if load.rate else None
    warmup = parse_seconds(load.warmup, "--warmup") if load.warmup != "0" else 0.0
    return Part(
        name="",
        cases=cases,
        duration=parse_seconds(load.duration, "--duration"),
        workload=load.workload,
        driver=load.driver or BY_PROTOCOL[workload.protocol],
        warmup=warmup,
        primer=min(2.0, warmup),
        blocks=blocks,
        connections=connections,
        rates=rates,
        set=parameters,
    )


def numbers(text: str, option: str) -> tuple[float, ...]:
    """Numbers apart by commas.

    Raises:
        BenchrigError: one of them is none.
    """
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError as error:
        what = f"'{text}' is no list of numbers"
        raise BenchrigError(what, where=option, way_out="write 1,5,20") from error


@cache
def _catalogue() -> Catalogue:
    return load_catalogue(context.APPS)


def typed_drafts(name: str, part: Part) -> tuple[Catalogue, list[Draft]]:
    """The cells of one part.

    Raises:
        BenchrigError: names and values that do not fit the catalogue, at once.
    """
    catalogue = _catalogue()
    asked = Suite(name, name, "", "full", (part,), ())
    return catalogue, drafts(catalogue, asked, f"fab {name}")
