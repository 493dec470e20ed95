"""``fab sweep``: levels of one or several variants; the scalability law; what a request costs."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.commands.running import SEED_MAX, load_cpus, running, say_where
from benchrig.contract.spec import plain
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.remote.rig import Rig
from benchrig.report.suite import show_cells
from benchrig.report.terminal import simple_table
from benchrig.spec.suite import Case
from benchrig.stats.scalability import POINTS_LEAST, fit
from benchrig.suite.cells import CONNECTIONS, RATE, planned
from benchrig.suite.efficiency import efficiency
from benchrig.suite.order import ordered
from benchrig.suite.outcome import CellOutcome, by_cell
from benchrig.suite.record import SCHEMA, RunPlan
from benchrig.tiers import TIERS
from benchrig.units import format_bytes, format_count, parse_count

WORKERS_MAX = 1024
BLOCKS_MAX = 1000
WORKERS, BY_WORKERS = "workers", " x "


def sweep(
    variants: Sequence[str], workers: str, load: tuple[Any, ...], blocks: str, seed: str
) -> int:
    """Measure every level in blocks, fit the law where levels allow it, tell the cost."""
    console = context.make_console()
    typed = LoadOptions(*load)
    if not variants:
        raise BenchrigError("no variant is named", where="--variant", way_out=context.LISTED)
    cases = _cases(variants, workers, typed)
    part = typed_part(cases, typed, parse_count(blocks, "--blocks", BLOCKS_MAX))
    catalogue, found = typed_drafts("sweep", part)
    number = parse_count(seed, "--seed", SEED_MAX)
    hosts = context.inventory()
    with Rig(hosts) as rig:
        cells = planned(catalogue, hosts, context.APPS, found, load_cpus(rig))
        order = ordered(number, [cell.blocks for cell in cells])
        name = variants[0].partition(":")[0]
        plan = RunPlan(SCHEMA, "sweep", name, number, cells, order)
        with running(console, rig, plan) as execution:
            execution.run()
    outcomes = by_cell(plan, execution.outcomes)
    show_cells(console, outcomes)
    for line in scaling_lines(outcomes, by_workers=bool(workers)):
        console.print(f"  {line}", highlight=False, soft_wrap=True)
    show_efficiency(console, hosts, outcomes)
    say_where(console, hosts, execution.store.path)
    return 0 if all(each.counted for each in outcomes) else context.NOT_VALID


def _cases(variants: Sequence[str], workers: str, typed: LoadOptions) -> dict[str, Case]:
    if not workers:
        return {text: typed_case(text, typed, "--variant") for text in variants}
    counts = [parse_count(each, "--workers", WORKERS_MAX) for each in workers.split(",")]
    return {
        f"{text}{BY_WORKERS}{n}": typed_case(
            f"{text}{',' if ':' in text else ':'}workers={n}", typed, "--variant"
        )
        for text in variants
        for n in counts
    }


def scaling_lines(cells: Sequence[CellOutcome], *, by_workers: bool) -> list[str]:
    """The law fitted over workers or connections, one line for what differs in nothing else.

    None for an open loop, in which the rate is given and not found.
    """
    lines = []
    axis = WORKERS if by_workers else CONNECTIONS
    closed = [each for each in cells if RATE not in each.cell.axes]
    for name in dict.fromkeys(_apart_from(axis, each) for each in closed):
        points = [
            (_load(each, axis), rate)
            for each in closed
            if _apart_from(axis, each) == name
            and (rate := each.median("requests_per_second")) is not None
        ]
        if len({load for load, _ in points}) < POINTS_LEAST:
            continue
        found = fit([load for load, _ in points], [rate for _, rate in points])
        peak = f"peak foretold at {found.peak:.0f} {axis}" if found.peak else "no peak foretold"
        if found.peak and found.peak > max(load for load, _ in points):
            peak += ", beyond what was measured"
        lines.append(
            f"{name}: scalability law over {axis}: contention {found.contention:.3f}, "
            f"coherency {found.coherency:.2g}, {peak}; a level left out is foretold "
            f"to {found.held_out_error:.1%}"
        )
    return lines


def _apart_from(axis: str, each: CellOutcome) -> str:
    """The case and all that is swept beside the one axis."""
    cell = each.cell
    case = cell.case.rpartition(BY_WORKERS)[0] if axis == WORKERS else cell.case
    return ", ".join([case, *(f"{n} {plain(cell.axes[n])}" for n in cell.swept if n != axis)])


def _load(each: CellOutcome, axis: str) -> float:
    return float(each.cell.plan.variant.workers) if axis == WORKERS else each.cell.axes[CONNECTIONS]


def show_efficiency(console: Console, hosts: Inventory, cells: Sequence[CellOutcome]) -> None:
    """Requests for each second of CPU, memory, and money."""
    prices = {t.name: {h.name: h.price_per_hour for h in hosts.group(t.group)} for t in TIERS}
    rows = []
    for each in cells:
        found = efficiency(each, prices)
        if found:
            per_cpu = [found.requests_per_cpu_second.get(t.name) for t in TIERS]
            rows.append(
                [
                    each.cell.title,
                    *(format_count(x) if x else "-" for x in per_cpu),
                    *(
                        format_bytes(x) if x is not None else "-"
                        for x in (found.memory_per_connection_bytes, found.memory_per_worker_bytes)
                    ),
                    f"{found.price_per_million:.4g}" if found.price_per_million else "no price",
                ]
            )
    headers = ["requests per CPU s of", *(f">{t.title}" for t in TIERS)]
    headers += [">memory/connection", ">memory/process", ">price/million"]
    console.print(simple_table(headers, rows))
