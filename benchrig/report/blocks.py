"""Cells of one run held against each other block by block, as a table of the report."""

from collections.abc import Sequence

from benchrig.compare.comparable import Comparable
from benchrig.compare.pairs import Outcome as Kind
from benchrig.compare.primary import Comparison
from benchrig.report.comparison import figures_text
from benchrig.report.document import Section, Table
from benchrig.store.floors import read_floors
from benchrig.store.purpose import purpose
from benchrig.store.run import StoredRun
from benchrig.suite.cells import Cell
from benchrig.suite.comparison import Place, compared, labels, of_cell
from benchrig.suite.judging import stored_judgement
from benchrig.suite.outcome import outcomes
from benchrig.suite.record import RunPlan

KINDS = ("comparison", "suite", "sweep")
TITLE = "Compared in blocks"
TEXT = (
    "In every block each cell ran once, in a random order, so that drift hits all alike; a figure "
    "is the shift of the paired blocks with its interval. Each case stands against the first of "
    "its part at the same level. Which of the two outcomes decides is said by how it was measured, "
    "not by what came out."
)
HEADERS = ("case", "against", "finding", "figures", "decided by", "for information")


def blocks_section(run: StoredRun, plan: RunPlan | None) -> Section:
    """What a run's blocks say of its cells; empty for a run that has none to compare.

    Raises:
        BenchrigError: the rig's calibration can not be read.
    """
    groups = [group for group in _groups(plan.cells) if len(group) > 1] if plan else []
    if plan is None or plan.kind not in KINDS or not groups:
        return Section("blocks", TITLE)
    found, judgement = outcomes(plan, run.numbered), stored_judgement(run, plan)
    rows = [
        _row(
            plan.cells[other],
            plan.cells[first],
            compared(of_cell(found, first), of_cell(found, other), judgement),
        )
        for first, *others in groups
        for other in others
    ]
    return Section("blocks", TITLE, (TEXT, *_floors(run)), (Table("", HEADERS, tuple(rows)),))


def _row(contender: Cell, baseline: Cell, found: Comparison) -> tuple[str, ...]:
    first, second = found.primary, found.secondary
    return (
        _named(contender),
        _named(baseline),
        first.word.replace("-", " "),
        figures_text(first),
        f"{first.outcome.value}: {found.why}",
        f"{second.word.replace('-', ' ')}: {figures_text(second)}",
    )


def _groups(cells: Sequence[Cell]) -> list[list[int]]:
    """Places of the cells that may be compared, in the plan's order."""
    groups: dict[tuple[str, Comparable], list[int]] = {}
    for index, cell in enumerate(cells):
        groups.setdefault((cell.part, labels(cell.plan, Place())), []).append(index)
    return list(groups.values())


def _named(cell: Cell) -> str:
    """The case without the part it plays; with its level where the part has several."""
    for role in ("baseline: ", "contender: "):
        if cell.case.startswith(role):
            return cell.case.removeprefix(role)
    return cell.title


def _floors(run: StoredRun) -> tuple[str, ...]:
    """The noise floors and where they come from; one line where they are alike."""
    rig, floors = purpose(run.path, run.spec).rig, read_floors(run.path.parent)
    told = [floors.of(rig, run.spec.place, kind).told for kind in Kind]
    return tuple(dict.fromkeys(f"Held against the {text}." for text in told))
