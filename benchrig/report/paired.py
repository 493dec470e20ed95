"""Cells of one run held against each other block by block, as they were measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchrig.compare.carrier import Comparison
from benchrig.compare.comparable import Comparable
from benchrig.compare.finding import Finding
from benchrig.compare.pairs import Outcome as Kind
from benchrig.report.document import Section, Table
from benchrig.store.floors import Floor, Floors, read_floors
from benchrig.store.purpose import purpose
from benchrig.store.run import StoredRun
from benchrig.store.summarise import cell_name
from benchrig.suite.cells import Cell
from benchrig.suite.comparison import Judgement, compared, labels, of_cell
from benchrig.suite.outcome import outcomes
from benchrig.suite.record import FILE, read_plan

KINDS = ("comparison", "suite", "sweep")
TITLE = "Compared in blocks"
TEXT = (
    "In every block each cell ran once, in a random order, so that drift hits all alike; a figure "
    "is the shift of the paired blocks with its 95 % interval. Each case stands against the first "
    "of its part at the same level. Of the two outcomes the one that carries the finding was "
    "chosen by how it was measured, not by what came out."
)
WORDS = {"faster": "faster than", "slower": "slower than", "tie": "as fast as"}


@dataclass(frozen=True)
class Rivals:
    """Two cells of one run.

    Attributes:
        contender, baseline: as the plan names the cases.
        cells: names of both cells, the contender's first.
        kind: of the run, as in its plan.
    """

    contender: str
    baseline: str
    cells: tuple[str, str]
    kind: str
    found: Comparison

    @property
    def sentence(self) -> str:
        """The finding in a sentence, with what it rests on."""
        carries = self.found.carries
        if carries.word == "not-enough-data":
            told = f"Not enough data to tell {self.contender} from {self.baseline}"
        else:
            told = f"{self.contender} is {WORDS[carries.word]} {self.baseline}"
        return f"{told}: {carries.reason}."


@dataclass(frozen=True)
class Paired:
    """All that was compared, and the noise floors it was held against, in words."""

    rivals: tuple[Rivals, ...] = ()
    floors: tuple[str, ...] = ()


def paired_of(run: StoredRun) -> Paired:
    """What a run's blocks tell; nothing of a run that has none.

    Raises:
        BenchrigError: the run's plan, or the rig's calibration, can not be read.
    """
    if not (run.path / FILE).exists():
        return Paired()
    plan = read_plan(run.path)
    groups = [group for group in _groups(plan.cells).values() if len(group) > 1]
    if plan.kind not in KINDS or not groups:
        return Paired()
    found, floors = outcomes(plan, run.numbered), read_floors(run.path.parent)
    judgement = Judgement(
        {kind: _floor(run, floors, kind).log_ratio for kind in Kind}, bool(run.spec.lab)
    )
    rivals = [
        Rivals(
            _named(plan.cells[other]),
            _named(plan.cells[first]),
            (cell_name(plan.cells[other].plan), cell_name(plan.cells[first].plan)),
            plan.kind,
            compared(of_cell(found, first), of_cell(found, other), judgement),
        )
        for first, *others in groups
        for other in others
    ]
    told = dict.fromkeys(f"Held against the {_floor(run, floors, kind).told}." for kind in Kind)
    return Paired(tuple(rivals), tuple(told))


def paired_section(paired: Paired) -> Section:
    """The findings as a table; empty where there are none."""
    if not paired.rivals:
        return Section("pairs", TITLE)
    headers = ("case", "against", "finding", "carried by", "figures", "beside it")
    rows = tuple(
        (
            each.contender,
            each.baseline,
            each.found.carries.word.replace("-", " "),
            f"{each.found.carries.outcome.value}: {each.found.why}",
            _figures(each.found.carries),
            f"{each.found.beside.word.replace('-', ' ')}: {_figures(each.found.beside)}",
        )
        for each in paired.rivals
    )
    return Section("pairs", TITLE, (TEXT, *paired.floors), (Table("", headers, rows),))


def _figures(found: Finding) -> str:
    known = found.estimate and found.estimate.interval
    return found.reason + (f", p {found.estimate.p_value:.3g}" if found.estimate and known else "")


def _groups(cells: Sequence[Cell]) -> dict[tuple[str, Comparable], list[int]]:
    """Places of the cells that may be compared, in the plan's order."""
    groups: dict[tuple[str, Comparable], list[int]] = {}
    for index, cell in enumerate(cells):
        groups.setdefault((cell.part, labels(cell.plan, "", 0)), []).append(index)
    return groups


def _named(cell: Cell) -> str:
    """The case without the part it plays; with its level where the part has several."""
    for role in ("baseline: ", "contender: "):
        if cell.case.startswith(role):
            return cell.case.removeprefix(role)
    return cell.title


def _floor(run: StoredRun, floors: Floors, kind: Kind) -> Floor:
    return floors.of(purpose(run.path, run.spec).rig, run.spec.place, kind)
