"""The table of the first page as data: columns of repeated words are numbers into lists.

The newest cells come with the page, the others in files of their own that it asks for when they
are wanted. Scripts and not JSON files, since a page from disk may not read other files.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from benchrig.report.charts import safe_json
from benchrig.report.tables import worst_grade
from benchrig.site.cells import SiteCell

FIRST, CHUNK = 2000, 4000
COLUMNS = ("variant", "workload", "app", "server", "rig", "window", "grade", "run")


class Place(Protocol):
    """Where a word stands in its column's list."""

    def __call__(self, column: str, word: str) -> int: ...


@dataclass(frozen=True)
class Chunk:
    """One script of the table."""

    name: str
    text: str


def chunks(cells: Sequence[SiteCell]) -> list[Chunk]:
    """The table in parts, the newest cells in the first."""
    bounds = [0, *range(FIRST, len(cells), CHUNK), len(cells)]
    parts = [cells[a:b] for a, b in itertools.pairwise(bounds)]
    return [Chunk(f"cells-{n}.js", _script(part)) for n, part in enumerate(parts) if part or n == 0]


def _script(cells: Sequence[SiteCell]) -> str:
    words: dict[str, list[str]] = {column: [] for column in COLUMNS}
    places: dict[str, dict[str, int]] = {column: {} for column in COLUMNS}

    def place(column: str, word: str) -> int:
        known = places[column]
        if word not in known:
            known[word] = len(words[column])
            words[column].append(word)
        return known[word]

    rows = [_row(cell, place) for cell in cells]
    return f"benchrigCells({safe_json({'words': words, 'rows': rows})});\n"


def _row(cell: SiteCell, place: Place) -> list[object]:
    summary = cell.summary
    told = {
        "variant": summary.variant,
        "workload": summary.workload,
        "app": summary.app,
        "server": summary.server,
        "rig": cell.rig,
        "window": cell.window,
        "grade": worst_grade(trial.summary for trial in cell.newest),
        "run": cell.run_id,
    }
    level = cell.cell.removeprefix(f"{summary.variant}/{summary.workload}/")
    figures = [_short(cell.median("rate")), _micro(cell.median("p99")), _micro(cell.median("cpu"))]
    numbers = [place(column, word) for column, word in told.items()]
    return [cell.name, level, *numbers, *figures, len(cell.newest), int(cell.begin_unix)]


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _micro(seconds: float | None) -> float | None:
    return None if seconds is None else float(f"{seconds * 1e6:.4g}")
