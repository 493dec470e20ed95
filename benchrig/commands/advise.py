"""``fab advise``: how many workers on this host, found without trying them all."""

from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.adaptive import Adaptive
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import load_cpus, running, say_where
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig
from benchrig.report.suite import show_cells
from benchrig.report.terminal import simple_table
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.stats.advice import Adviser, worker_counts
from benchrig.suite.cells import Draft
from benchrig.suite.execute import Execution
from benchrig.suite.outcome import by_cell
from benchrig.suite.record import SCHEMA, RunPlan
from benchrig.units import parse_count

WORKERS = "workers"
CORES_MAX = 1024


def advise(variant: str, load: tuple[Any, ...], counts: str, cores: str) -> int:
    """Measure some worker counts, say which is best and how sure that is."""
    console = context.make_console()
    typed = LoadOptions(*load)
    grid = _grid(counts) if counts else ()
    _require_workers(variant)
    drafted(variant, typed, 2)  # every mistake of the options, before a host is touched
    hosts = context.inventory()
    with Rig(hosts) as rig:
        available = parse_count(cores, "--cores", CORES_MAX) if cores else _cores(rig)
        adviser = Adviser(grid or worker_counts(available), available)
        plan = RunPlan(SCHEMA, "advice", variant.partition(":")[0], 1, (), ())
        with running(console, rig, plan) as execution:
            execution.most = adviser.most
            _measure(adviser, execution, variant, typed, load_cpus(rig))
    show_cells(console, by_cell(execution.plan, execution.outcomes))
    _tell(console, variant, adviser, available)
    say_where(console, hosts, execution.store.path)
    return 0


def _require_workers(text: str) -> None:
    catalogue = load_catalogue(context.APPS)
    variant = context.chosen_variant(catalogue, text.partition(":")[0])
    server = catalogue.servers[variant.server]
    if "workers" not in server.placeholders:
        raise BenchrigError(
            f"the server '{server.name}' has one process: there is no number of workers to advise",
            where=f"--variant {variant.name}",
            way_out="take a variant with workers: `fab variants` lists them",
        )


def _cores(rig: Rig) -> int:
    """CPUs that a unit on the app server may use."""
    server = rig.inventory.group("app_servers")[0]
    return int(rig.remote(server).run(["systemd-run", "-q", "--pipe", "--collect", "nproc"]))


def _measure(
    adviser: Adviser, execution: Execution, variant: str, typed: LoadOptions, cpus: int
) -> None:
    while not adviser.done():
        count = adviser.next_count()
        catalogue, draft = drafted(variant, typed, count)
        found = Adaptive(execution, catalogue, cpus).measure(draft)
        rate = found.values.get("requests_per_second", 0.0)
        if rate and not found.refused:
            adviser.add(count, rate)
        else:
            adviser.skip(count)


def _tell(console: Console, variant: str, adviser: Adviser, cores: int) -> None:
    if not adviser.tried:
        raise BenchrigError(
            f"none of {len(adviser.failed)} trials counts, so nothing can be advised",
            where=variant,
            way_out="`fab show last` tells why",
        )
    found = adviser.advice()
    failed = {adviser.counts[index] for index in adviser.failed}
    seen = dict.fromkeys(found.tried, "measured") | dict.fromkeys(failed, "does not count")
    rows = [[str(n), f"{share:.0%}", seen.get(n, "")] for n, share in found.curve.items()]
    console.print(simple_table([">workers", ">of the best, expected", ""], rows))
    console.print(
        f"{variant}: {found.best} worker{'s' if found.best > 1 else ''} on {cores} "
        f"core{'s' if cores > 1 else ''}; what is lost against the best count, if that is another, "
        f"is expected to be {found.expected_loss:.1%}, after measuring {len(found.tried)} of "
        f"{len(adviser.counts)} counts",
        style="bold",
        highlight=False,
        soft_wrap=True,
    )


def _grid(text: str) -> tuple[int, ...]:
    counts = {parse_count(each, "--workers", CORES_MAX) for each in text.split(",")}
    if len(counts) < 2:
        raise BenchrigError("one count needs no advice", where="--workers", way_out="name several")
    return tuple(sorted(counts))


def drafted(variant: str, typed: LoadOptions, workers: int) -> tuple[Catalogue, Draft]:
    """The cell of one worker count.

    Raises:
        BenchrigError: the variant does not take workers, or a name or value does not fit.
    """
    text = f"{variant}{',' if ':' in variant else ':'}workers={workers}"
    case = typed_case(text, typed, "--variant")
    catalogue, found = typed_drafts("advise", typed_part({f"{workers} workers": case}, typed))
    if len(found) != 1:
        raise BenchrigError(
            f"{len(found)} levels are asked for", where="advise", way_out="name one of each"
        )
    return catalogue, found[0]
