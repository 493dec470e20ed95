"""All stored trials in one SQLite file, so that lists need not read thousands of records.

The index is derived: it is brought up to date on every use, and made anew where it is missing,
damaged or of another version. Two controllers may use it at once.
"""

import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchrig.errors import BenchrigError
from benchrig.store.names import DERIVED_FILE, HISTORY
from benchrig.store.summary import TrialSummary

if TYPE_CHECKING:
    from pydantic import TypeAdapter

NAME = ".index.sqlite"
VERSION = 2
BUSY_SECONDS = 30.0
TABLES = """
CREATE TABLE run (
    run_id TEXT PRIMARY KEY, signature TEXT NOT NULL, begin_unix REAL NOT NULL,
    command TEXT NOT NULL, inventory TEXT NOT NULL, lab TEXT NOT NULL, origin TEXT NOT NULL,
    status TEXT NOT NULL, fault TEXT NOT NULL, kind TEXT NOT NULL, rig TEXT NOT NULL);
CREATE TABLE trial (
    run_id TEXT NOT NULL REFERENCES run, trial INTEGER NOT NULL, cell TEXT NOT NULL,
    begin_unix REAL NOT NULL, grade TEXT NOT NULL, requests_per_second REAL, window TEXT NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (run_id, trial));
CREATE INDEX trial_of_cell ON trial (cell, begin_unix);
"""


@dataclass(frozen=True)
class IndexedRun:
    """One run; ``fault`` tells why it can not be read, and is empty when it can.

    Attributes:
        kind: what it was made for, as `benchrig.store.purpose.Purpose`.
        rig: fingerprint of its hosts; empty where it was not kept.
    """

    run_id: str
    begin_unix: float
    command: str
    inventory: str
    lab: str
    origin: str
    status: str
    fault: str
    kind: str
    rig: str

    @property
    def place(self) -> str:
        """Where it ran; records of different places are never mixed."""
        return f"{self.origin} (theirs)" if self.origin else self.lab or self.inventory


@dataclass(frozen=True)
class Outcome:
    """What became of a trial."""

    grade: str
    requests_per_second: float | None


@dataclass(frozen=True)
class IndexedTrial:
    """One trial and the run it is of."""

    run: IndexedRun
    summary: TrialSummary


@dataclass(frozen=True)
class KnownCell:
    """A cell with a history: on one rig, measured for one time.

    Attributes:
        window: how long each trial measured, as `TrialSummary.window`.
        newest_unix: when its newest trial began.
    """

    name: str
    place: str
    window: str
    runs: int
    trials: int
    newest_unix: float


# As IndexedRun has them.
RUN_COLUMNS = (
    "run.run_id, run.begin_unix, command, inventory, lab, origin, status, fault, kind, rig"
)
OF_HISTORY = f"kind IN ({', '.join(repr(kind) for kind in HISTORY)})"


class Index:
    """Open with ``with``: the index of one results folder, up to date."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self._database = _open(results / NAME)

    def __enter__(self) -> "Index":
        try:
            self.refresh()
        except sqlite3.OperationalError:
            self._database.close()
            self._database = _in_memory()  # the disk is full, or somebody holds it for long
            self.refresh()
        except sqlite3.DatabaseError:
            self._database.close()
            (self.results / NAME).unlink()  # damaged: it is made anew from the records
            self._database = _open(self.results / NAME)
            self.refresh()
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def refresh(self) -> int:
        """Read what is new or changed, forget what is gone; how many runs were read."""
        found = {p.parent.name: signature(p.parent) for p in self.results.glob("*/run.json")}
        known = dict(self._database.execute("SELECT run_id, signature FROM run"))
        changed = [name for name, sign in found.items() if known.get(name) != sign]
        gone = known.keys() - found.keys()
        if not changed and not gone:
            return 0
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            for name in [*gone, *changed]:
                self._database.execute("DELETE FROM trial WHERE run_id = ?", [name])
                self._database.execute("DELETE FROM run WHERE run_id = ?", [name])
            for name in changed:
                self._add(name, found[name])
        return len(changed)

    def runs(self, limit: int = -1) -> list[IndexedRun]:
        """The newest runs first."""
        sql = f"SELECT {RUN_COLUMNS} FROM run ORDER BY run_id DESC LIMIT ?"
        return [IndexedRun(*row) for row in self._database.execute(sql, [limit])]

    def outcomes(self, run_ids: Sequence[str]) -> dict[str, list[Outcome]]:
        """What became of each trial of some runs, by run; cheaper than `trials`."""
        sql = "SELECT run_id, grade, requests_per_second FROM trial"
        sql += f" WHERE run_id IN ({_marks(len(run_ids))}) ORDER BY run_id, trial"
        found: dict[str, list[Outcome]] = {run_id: [] for run_id in run_ids}
        for run_id, grade, rate in self._database.execute(sql, list(run_ids)):
            found[run_id].append(Outcome(grade, rate))
        return found

    def trials(self, run_ids: Sequence[str]) -> list[IndexedTrial]:
        """All trials of some runs."""
        marks = _marks(len(run_ids))
        return self._trials(f"WHERE trial.run_id IN ({marks}) ORDER BY run_id, trial", run_ids)

    def every_trial(self) -> list[IndexedTrial]:
        """All trials of all runs, the oldest first."""
        return self._trials("ORDER BY trial.begin_unix, trial", [])

    def history(self, cell: str) -> list[IndexedTrial]:
        """The trials of one cell that are its history, the oldest first."""
        where = f"WHERE cell = ? AND {OF_HISTORY} ORDER BY trial.begin_unix, trial"
        return self._trials(where, [cell])

    def cells(self) -> list[KnownCell]:
        """Every cell that has a history, by name, rig and window."""
        place = "CASE WHEN origin != '' THEN origin || ' (theirs)' WHEN lab != '' THEN lab"
        sql = f"SELECT cell, {place} ELSE inventory END AS place, window,"
        sql += " COUNT(DISTINCT run_id), COUNT(*), MAX(trial.begin_unix) FROM trial"
        sql += f" JOIN run USING (run_id) WHERE {OF_HISTORY} GROUP BY cell, place, window"
        return [KnownCell(*row) for row in self._database.execute(f"{sql} ORDER BY 1, 2, 3")]

    def _trials(self, where: str, values: Iterable[object]) -> list[IndexedTrial]:
        sql = f"SELECT {RUN_COLUMNS}, summary FROM trial JOIN run USING (run_id) {where}"
        found = []
        for *run, summary in self._database.execute(sql, list(values)):
            found.append(IndexedTrial(IndexedRun(*run), summary_type().validate_json(summary)))
        return found

    def _add(self, name: str, sign: str) -> None:
        from benchrig.store.indexing import rows_of  # noqa: PLC0415 - lists seldom read records

        run, trials = rows_of(self.results / name, sign)
        self._database.execute(f"INSERT INTO run VALUES ({_marks(len(run))})", run)
        if trials:
            marks = _marks(len(trials[0]))
            self._database.executemany(f"INSERT INTO trial VALUES ({marks})", trials)


def signature(path: Path) -> str:
    """What changes when any file of the record does: names, sizes and times of its files."""
    files = ["run.json", "environment.json", "finished.json", DERIVED_FILE]
    trials = path / "trials"
    names = sorted(found.name for found in trials.iterdir()) if trials.is_dir() else []
    files += [f"trials/{name}/raw.json" for name in names if name[0].isdecimal()]
    parts = []
    for file in files:
        try:
            told = os.stat(f"{path}/{file}")  # noqa: PTH116 - ten thousand, and Path is slow
        except FileNotFoundError:
            continue
        parts.append(f"{file}:{told.st_size}:{told.st_mtime_ns}")
    return " ".join(parts)


@cache
def summary_type() -> "TypeAdapter[TrialSummary]":
    """How a summary is read and written; a list of runs needs none."""
    from pydantic import TypeAdapter  # noqa: PLC0415 - a fifth of a second

    return TypeAdapter(TrialSummary)


def _open(file: Path) -> sqlite3.Connection:
    """The database, in memory where the folder can not be written; a damaged one is made anew."""
    writable = file.parent.is_dir() and os.access(file.parent, os.W_OK)
    for place in (file, file, Path(":memory:")) if writable else (Path(":memory:"),):
        database = sqlite3.connect(place, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            if _make(database):
                return database
        except sqlite3.OperationalError:
            database.close()
            continue  # somebody holds it for long: an index of our own will do
        except sqlite3.DatabaseError:
            pass  # not a database: the next round makes it one
        database.close()
        place.unlink(missing_ok=True)
    raise BenchrigError("no index can be made", where=str(file), way_out="delete it")


def _in_memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    _make(database)
    return database


def _make(database: sqlite3.Connection) -> bool:
    with database, closing(database.execute("BEGIN IMMEDIATE")):
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
        return bool(version in (0, VERSION))


def _marks(count: int) -> str:
    return ", ".join("?" * count)
