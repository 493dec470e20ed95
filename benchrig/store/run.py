"""One run's directory: written as the run goes on, readable at any moment, never overwritten.

``run.json`` says what was asked, ``environment.json`` where, ``trials/001/raw.json`` what one trial
showed; the drivers' own output stands beside it in ``load/``, and ``finished.json`` comes last.
Everything else in it (``derived.json``, reports) is made from these and can be made again.
"""

import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.errors import BenchrigError, nearest
from benchrig.store.atomic import require_space, whole_folder, write_synced, write_whole
from benchrig.store.read import read_json, read_record
from benchrig.store.telemetry import read_telemetry, without_telemetry, write_telemetry
from benchrig.trial.environment import Environment
from benchrig.trial.raw import DriverRun, RawTrial

__all__ = ["SCHEMA", "RunDirectory", "RunSpec", "StoredRun", "require_space", "write_whole"]

# 1: run.json, trials, finished.json.
# 2: environment.json; run.json has an origin. A trial may have telemetry (store/telemetry.py).
#    Added since, empty in what was stored before: `rig` in run.json, `changed` in a trial's plan.
SCHEMA = 2
STDOUT, STDERR = "stdout.txt", "stderr.txt"
RAW = TypeAdapter(RawTrial)
ENVIRONMENT = TypeAdapter(Environment)
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
    """

    schema: int
    run_id: str
    begin_unix: float
    command: str
    inventory: str
    lab: str
    origin: str = ""
    rig: str = ""

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


class RunDirectory:
    """A run being written.

    Raises:
        BenchrigError: a run of that name is there, or the disk is full.
    """

    def __init__(
        self, results: Path, spec: RunSpec, environment: Environment | None = None
    ) -> None:
        self.path = results / safe_name(spec.run_id, "run_id")
        self.spec = spec
        results.mkdir(parents=True, exist_ok=True)
        with whole_folder(self.path) as folder:
            (folder / "trials").mkdir()
            if environment:
                told = ENVIRONMENT.dump_json(environment, indent=1)
                write_synced(folder / "environment.json", told)
            write_synced(folder / "run.json", SPEC.dump_json(spec, indent=1))

    @classmethod
    def again(cls, path: Path) -> "RunDirectory":
        """A stored run to go on with: it is unfinished again, and half a trial is gone.

        Raises:
            BenchrigError: there is no run that can be read.
        """
        run = cls.__new__(cls)
        run.path, run.spec = path, read_spec(path)
        (path / "finished.json").unlink(missing_ok=True)
        for partial in (path / "trials").glob(".*.partial"):
            shutil.rmtree(partial)
        return run

    def add(self, number: int, raw: RawTrial) -> Path:
        """Store one trial; it appears under its name only when it is complete.

        Raises:
            BenchrigError: the disk is full; the trials before it are complete.
        """
        final = self.path / "trials" / f"{number:03d}"
        stripped = replace(raw, driver_runs=[_without_output(r) for r in raw.driver_runs])
        with whole_folder(final) as folder:
            for run in raw.driver_runs:
                _write_output(folder / "load" / _output_name(run), run)
            write_telemetry(folder, raw)
            write_synced(folder / "raw.json", RAW.dump_json(without_telemetry(stripped), indent=1))
        return final

    def finish(self, status: str) -> None:
        """Write the marker that nothing more will come."""
        marker = Finished(status, time.time())
        write_whole(self.path / "finished.json", FINISHED.dump_json(marker))


@dataclass(frozen=True)
class StoredRun:
    """A run read back; ``status`` is ``unfinished`` when its marker is missing.

    Attributes:
        trials: by number.
        environment: ``None`` for what schema 1 stored, and for what was imported from other tools.
    """

    spec: RunSpec
    numbered: Mapping[int, RawTrial]
    status: str
    path: Path
    environment: Environment | None = None

    @property
    def trials(self) -> tuple[RawTrial, ...]:
        """All trials in their order."""
        return tuple(self.numbered.values())


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


def read_run(path: Path) -> StoredRun:
    """Read one run.

    Raises:
        BenchrigError: a file is missing, damaged, foreign or of a newer schema.
    """
    spec = read_spec(path)
    place = path / "environment.json"
    environment = read_record(place, ENVIRONMENT) if place.exists() else None
    trials = {number: read_trial(folder) for number, folder in trial_folders(path)}
    return StoredRun(spec, trials, read_status(path), path, environment)


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


def read_trial(path: Path) -> RawTrial:
    """One trial with its drivers' output.

    Raises:
        BenchrigError: a file is missing or damaged.
    """
    raw: RawTrial = read_record(path / "raw.json", RAW)
    runs = [_with_output(path / "load" / _output_name(r), r) for r in raw.driver_runs]
    return replace(raw, driver_runs=runs, telemetry=read_telemetry(path))


def find_run(results: Path, name: str) -> Path:
    """The directory of a run, by its whole name, a part of it that fits only one, or ``last``.

    Raises:
        BenchrigError: none or several fit.
    """
    names = sorted(p.parent.name for p in results.glob("*/run.json"))
    if name == "last" and names:
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


def _output_name(run: DriverRun) -> str:
    return safe_name(f"{run.phase}-{run.host}", "driver_runs")


def _write_output(folder: Path, run: DriverRun) -> None:
    folder.mkdir(parents=True)
    for name, text in {STDOUT: run.stdout, STDERR: run.stderr, **run.files}.items():
        write_synced(folder / safe_name(name, "driver_runs"), text.encode(errors="surrogateescape"))


def _without_output(run: DriverRun) -> DriverRun:
    return replace(run, stdout="", stderr="", files={})


def _with_output(folder: Path, run: DriverRun) -> DriverRun:
    try:
        files = {
            p.name: p.read_bytes().decode(errors="surrogateescape")
            for p in sorted(folder.iterdir())
        }
        return replace(run, stdout=files.pop(STDOUT), stderr=files.pop(STDERR), files=files)
    except (OSError, KeyError) as error:
        raise BenchrigError(
            f"the driver's output is missing: {error}",
            where=str(folder),
            way_out="import the run again, or move it out of the results folder",
        ) from error
