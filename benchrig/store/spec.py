"""What names and describes a stored run, apart from its trials: all that lists and finding need."""

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.errors import BenchrigError, nearest
from benchrig.store.read import read_json, read_record

# 1: run.json, trials, finished.json.
# 2: environment.json; run.json has an origin. A trial may have telemetry (store/telemetry.py).
#    Added since, empty in what was stored before: `rig` and `dataset` in run.json, `changed` in a
#    trial's plan.
SCHEMA = 2
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True)
class RunSpec:
    """What a run was asked to do.

    Attributes:
        schema: version of the whole record; `SCHEMA` lists what changed.
        begin_unix: of the control node's clock.
        command: as it was typed.
        lab: name of the lab whose machines it ran on; empty for hosts of their own.
        origin: empty for a run of ours; else the tool whose result was imported.
        rig: fingerprint of the inventory's hosts; the rig's calibration is kept under it.
        dataset: checksum of the rows that the database was loaded with.
    """

    schema: int
    run_id: str
    begin_unix: float
    command: str
    inventory: str
    lab: str
    origin: str = ""
    rig: str = ""
    dataset: str = ""

    @property
    def place(self) -> str:
        """Where it ran, in words; records of different places are never mixed."""
        return f"{self.origin} (theirs)" if self.origin else self.lab or self.inventory


@dataclass(frozen=True)
class Finished:
    """The marker that nothing more will come."""

    status: str
    end_unix: float


SPEC = TypeAdapter(RunSpec)
FINISHED = TypeAdapter(Finished)


def new_run_id(label: str) -> str:
    """A name that sorts by time and meets no other."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{label}-{secrets.token_hex(2)}"


def safe_name(name: str, where: str) -> str:
    """A name that can only be a file of the folder it is looked for in.

    Raises:
        BenchrigError: it is empty, begins with a dot, or holds more than letters, digits, ``._-``.
    """
    if not SAFE_NAME.fullmatch(name):
        raise BenchrigError(f"{name[:80]!r} is not a name of a stored file", where=where)
    return name


def read_spec(path: Path) -> RunSpec:
    """What a run was asked to do.

    Raises:
        BenchrigError: no run, damaged, or of a newer schema.
    """
    file = path / "run.json"
    told = read_json(file)
    schema = told.get("schema") if isinstance(told, dict) else None
    if not isinstance(schema, int) or not isinstance(told, dict) or "run_id" not in told:
        raise BenchrigError("is no run of benchrig", where=str(file), way_out="move it elsewhere")
    if schema > SCHEMA:
        raise BenchrigError(
            f"its schema is {schema}, this benchrig knows up to {SCHEMA}",
            where=str(file),
            way_out="update benchrig",
        )
    spec: RunSpec = read_record(file, SPEC)
    return spec


def read_status(path: Path) -> str:
    """How a run ended; ``unfinished`` when it did not, or goes on."""
    marker = path / "finished.json"
    if not marker.exists():
        return "unfinished"
    finished: Finished = read_record(marker, FINISHED)
    return finished.status


def trial_folders(path: Path) -> list[tuple[int, Path]]:
    """Number and folder of each complete trial, in their order."""
    found = [p for p in (path / "trials").glob("[0-9]*") if p.name.isdecimal()]
    return sorted((int(p.name), p) for p in found)


def find_run(results: Path, name: str) -> Path:
    """The directory of a run, by its whole name, a part of it that fits only one, or ``last``.

    Raises:
        BenchrigError: none or several fit.
    """
    names = sorted(p.parent.name for p in results.glob("*/run.json"))
    if not names:
        what = "no run is stored yet"
        raise BenchrigError(what, where=str(results), way_out="`fab bench` makes one")
    if name == "last":
        return results / names[-1]
    fitting = [n for n in names if name == n] or [n for n in names if name in n]
    if len(fitting) != 1 or not name:
        fault = "no stored run fits" if not fitting else f"{len(fitting)} stored runs fit"
        hint = nearest(name, names[-20:]) if not fitting else ", ".join(fitting[-5:])
        raise BenchrigError(f"{fault} '{name}'", where=str(results), way_out=hint)
    return results / fitting[0]


def stored_runs(results: Path) -> Iterator[Path]:
    """Directories of all runs, newest first."""
    return iter(sorted((p.parent for p in results.glob("*/run.json")), reverse=True))
