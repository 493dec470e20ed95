"""``fab suite``: run a suite file, go on with one that was interrupted, or tell what it found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.running import SEED_MAX, going_on, load_cpus, running, say_where, stored
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.remote.rig import Rig
from benchrig.report.asked import answer
from benchrig.report.suite import show_cells, show_shapes
from benchrig.report.terminal import simple_table
from benchrig.spec.catalogue import load_catalogue
from benchrig.spec.suite import Form, Suite, load_suite, suite_names
from benchrig.store.run import find_run, read_run
from benchrig.suite.cells import Draft, drafts, fitted, planned
from benchrig.suite.execute import Execution
from benchrig.suite.order import ordered
from benchrig.suite.outcome import Outcome, by_cell
from benchrig.suite.record import OVERHEAD_SECONDS, SCHEMA, RunPlan
from benchrig.suite.shapes import shape_findings
from benchrig.units import format_span, parse_count


@dataclass(frozen=True)
class SuiteOptions:
    """The task's options as typed."""

    name: str
    quick: bool
    dry_run: bool
    resume: str
    seed: str


def suite(*typed: Any) -> int:
    """Run, resume or only print a suite; the exit code tells whether every cell has a figure."""
    options = SuiteOptions(*typed)
    console = context.make_console()
    if options.resume:
        return _resume(console, options.resume)
    if not options.name:
        return _list(console)
    seed = parse_count(options.seed, "--seed", SEED_MAX)
    catalogue = load_catalogue(context.APPS)
    form: Form = "quick" if options.quick else "full"
    chosen = load_suite(
        context.SUITES, options.name, form, lambda parts: fitted(catalogue, parts)[1]
    )
    found = drafts(catalogue, chosen)
    if options.dry_run:
        return _dry_run(console, chosen, found, seed)
    with Rig(context.inventory()) as rig:
        cells = planned(catalogue, rig.inventory, context.APPS, found, load_cpus(rig))
        order = ordered(seed, [cell.blocks for cell in cells])
        name = chosen.name + ("-quick" if chosen.form == "quick" else "")
        plan = RunPlan(SCHEMA, "suite", name, seed, cells, order, expect=chosen.expect)
        console.print(f"{chosen.title} ({chosen.source})", highlight=False)
        with running(console, rig, plan) as execution:
            execution.run()
    return _tell(console, execution, rig.inventory)


def _resume(console: Console, name: str) -> int:
    path = find_run(context.results_directory(), name)
    plan, done = stored(path)
    if len(done) == len(plan.order):
        console.print(f"{path.name} is complete; what it found:", highlight=False)
        return show_findings(console, plan, done, path)
    if plan.kind != "suite":
        raise BenchrigError(
            f"it is a {plan.kind}, which can not go on",
            where=path.name,
            way_out="`fab compare --runs` reads the blocks it has",
        )
    console.print(f"{len(done)} of {len(plan.order)} trials are there", highlight=False)
    with Rig(context.inventory()) as rig, going_on(console, rig, path) as execution:
        execution.run()
    return _tell(console, execution, rig.inventory)


def _tell(console: Console, execution: Execution, hosts: Inventory) -> int:
    path = execution.store.path
    return show_findings(console, execution.plan, execution.outcomes, path, hosts)


def show_stored(path: Path) -> None:
    """Show the cells of a stored run of many, and what it found, without touching a host."""
    console = context.make_console()
    plan, done = stored(path)
    show_findings(console, plan, done, path)
    if said := answer(read_run(path), plan):
        console.print(said, style="bold", highlight=False, soft_wrap=True)


def show_findings(
    console: Console, plan: RunPlan, done: list[Outcome], path: Path, hosts: Inventory | None = None
) -> int:
    """Show the cells and findings of a run of many cells."""
    cells = by_cell(plan, done)
    show_cells(console, cells)
    show_shapes(console, shape_findings(plan.expect, cells))
    say_where(console, hosts, path)
    return 0 if all(each.counted for each in cells) else context.NOT_VALID


def _list(console: Console) -> int:
    rows = []
    for name in suite_names(context.SUITES):
        each = load_suite(context.SUITES, name, "full")
        rows.append([name, each.title, each.source])
    console.print(simple_table(["suite", "what runs", "source"], rows))
    return 0


def _dry_run(console: Console, chosen: Suite, found: list[Draft], seed: int) -> int:
    """Every trial in its order, and the time they take; no host is touched."""
    rows, total = [], 0.0
    for number, slot in enumerate(ordered(seed, [draft.blocks for draft in found]), 1):
        draft = found[slot.cell]
        level = draft.level
        load = level.duration_seconds + level.warmup_seconds + level.primer_seconds
        total += load + OVERHEAD_SECONDS
        axes = ", ".join(f"{name} {value:g}" for name, value in draft.axes.items())
        rows.append([str(number), str(slot.block), draft.part, draft.case, axes, f"{load:g} s"])
    console.print(f"{chosen.title} ({chosen.source}), {chosen.form} form, seed {seed}")
    console.print(simple_table([">trial", ">block", "part", "case", "level", ">load"], rows))
    about = "at most" if any(draft.level.requests for draft in found) else "about"
    console.print(f"{len(rows)} trials, {about} {format_span(total)}", highlight=False)
    return 0
