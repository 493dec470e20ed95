"""What is computed from a run's raw data, kept beside it so that lists need not compute it again.

``derived.json`` holds nothing that is not in the raw data: deleting it loses nothing, and the same
raw data and rules give the same bytes.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

import benchrig
from benchrig.errors import BenchrigError
from benchrig.store import foreign
from benchrig.store.atomic import write_whole
from benchrig.store.names import DERIVED_FILE
from benchrig.store.read import read_record
from benchrig.store.run import read_trial
from benchrig.store.spec import read_spec, trial_folders
from benchrig.store.summarise import summarise
from benchrig.store.summary import TrialSummary

FILE = DERIVED_FILE
# 2: cells are named by all that makes them another cell. Older files are computed again.
DERIVED_SCHEMA = 2


@dataclass(frozen=True)
class Derived:
    """All trials of a run, judged.

    Attributes:
        judged_by: version of benchrig whose rules these are.
    """

    schema: int
    judged_by: str
    trials: tuple[TrialSummary, ...]


DERIVED = TypeAdapter(Derived)


def derive(path: Path) -> Derived:
    """Compute everything again from a run's raw data.

    Raises:
        BenchrigError: a file can not be read.
    """
    spec = read_spec(path)
    if spec.origin:
        found = foreign.summaries_of(path, spec.begin_unix)
        return Derived(DERIVED_SCHEMA, benchrig.__version__, found)
    trials = tuple(summarise(number, read_trial(p)) for number, p in trial_folders(path))
    return Derived(DERIVED_SCHEMA, benchrig.__version__, trials)


def rejudge(path: Path) -> Derived:
    """Compute everything again and keep it.

    Raises:
        BenchrigError: a file can not be read, or the disk is full.
    """
    derived = derive(path)
    write(path, derived)
    return derived


def write(path: Path, derived: Derived) -> None:
    """Keep what was computed beside the raw data it is of."""
    write_whole(path / FILE, DERIVED.dump_json(derived, indent=1))


def derived_of(path: Path) -> Derived:
    """What is kept, where it is as new as the raw data and of all its trials; else computed.

    Raises:
        BenchrigError: a file can not be read.
    """
    if _is_current(path):
        try:
            return _read(path)
        except BenchrigError:
            return derive(path)  # derived data that can not be read are no loss
    return derive(path)


def _is_current(path: Path) -> bool:
    file = path / FILE
    if not file.exists():
        return False
    made = file.stat().st_mtime_ns
    raw = [folder / "raw.json" for _, folder in trial_folders(path)]
    return all(p.exists() and p.stat().st_mtime_ns <= made for p in raw)


def _read(path: Path) -> Derived:
    derived: Derived = read_record(path / FILE, DERIVED)
    if derived.schema != DERIVED_SCHEMA:
        raise BenchrigError(
            f"its schema is {derived.schema}, this benchrig's is {DERIVED_SCHEMA}",
            where=str(path / FILE),
            way_out="`fab rejudge` makes it again",
        )
    return derived
