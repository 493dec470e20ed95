"""One run's directory: written as the run goes on, readable at any moment.

``results/RUN/run.json`` says what was asked, ``trials/001/raw.json`` what one trial showed, the
drivers' own output stands beside it in ``load/``, and ``finished.json`` is written last.
"""

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from benchrig.errors import BenchrigError, nearest
from benchrig.trial.raw import DriverRun, RawTrial

SCHEMA = 1
STDOUT, STDERR = "stdout.txt", "stderr.txt"
RAW = TypeAdapter(RawTrial)


@dataclass(frozen=True)
class RunSpec:
    """What a run was asked to do."""

    schema: int
    run_id: str
    begin_unix: float
    command: str
    inventory: str
    lab: str


SPEC = TypeAdapter(RunSpec)


class RunDirectory:
    """A run being written."""

    def __init__(self, results: Path, spec: RunSpec) -> None:
        self.path = results / spec.run_id
        self.spec = spec
        (self.path / "trials").mkdir(parents=True)
        write_whole(self.path / "run.json", SPEC.dump_json(spec, indent=1))

    @classmethod
    def again(cls, path: Path) -> "RunDirectory":
        """A stored run to go on with: it is unfinished again, and half a trial is gone.

        Raises:
            BenchrigError: there is no run that can be read.
        """
        run = cls.__new__(cls)
        run.path, run.spec = path, read_run(path).spec
        (path / "finished.json").unlink(missing_ok=True)
        for partial in (path / "trials").glob(".*.partial"):
            shutil.rmtree(partial)
        return run

    def add(self, number: int, raw: RawTrial) -> Path:
        """Store one trial; it appears under its name only when it is complete."""
        final = self.path / "trials" / f"{number:03d}"
        partial = final.with_name(f".{final.name}.partial")
        partial.mkdir()
        for run in raw.driver_runs:
            _write_output(partial / "load" / f"{run.phase}-{run.host}", run)
        stripped = replace(raw, driver_runs=[_without_output(r) for r in raw.driver_runs])
        (partial / "raw.json").write_bytes(RAW.dump_json(stripped, indent=1))
        partial.rename(final)
        return final

    def finish(self, status: str) -> None:
        """Write the marker that nothing more will come."""
        marker = {"status": status, "end_unix": time.time()}
        write_whole(self.path / "finished.json", json.dumps(marker).encode())


@dataclass(frozen=True)
class StoredRun:
    """A run read back; ``status`` is ``unfinished`` when its marker is missing."""

    spec: RunSpec
    trials: tuple[RawTrial, ...]
    status: str
    path: Path


def new_run_id(label: str) -> str:
    """A name that sorts by time and meets no other."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{label}-{secrets.token_hex(2)}"


def read_run(path: Path) -> StoredRun:
    """Read one run.

    Raises:
        BenchrigError: a file is missing, damaged, or of a newer schema.
    """
    spec = _read(path / "run.json", SPEC)
    trials = [_read_trial(p) for p in sorted((path / "trials").glob("[0-9]*"))]
    marker = path / "finished.json"
    status = json.loads(marker.read_text())["status"] if marker.exists() else "unfinished"
    return StoredRun(spec, tuple(trials), status, path)


def _write_output(folder: Path, run: DriverRun) -> None:
    folder.mkdir(parents=True)
    for name, text in {STDOUT: run.stdout, STDERR: run.stderr, **run.files}.items():
        (folder / name).write_text(text)


def _without_output(run: DriverRun) -> DriverRun:
    return replace(run, stdout="", stderr="", files={})


def _read_trial(path: Path) -> RawTrial:
    raw: RawTrial = _read(path / "raw.json", RAW)
    runs = [_with_output(path / "load" / f"{r.phase}-{r.host}", r) for r in raw.driver_runs]
    return replace(raw, driver_runs=runs)


def _with_output(folder: Path, run: DriverRun) -> DriverRun:
    try:
        files = {p.name: p.read_text() for p in sorted(folder.iterdir())}
        return replace(run, stdout=files.pop(STDOUT), stderr=files.pop(STDERR), files=files)
    except (OSError, KeyError, ValueError) as error:
        raise BenchrigError(f"can not be read: {error}", where=str(folder)) from error


def find_run(results: Path, name: str) -> Path:
    """The directory of a run, by its whole name, a part of it that fits only one, or ``last``.

    Raises:
        BenchrigError: none or several fit.
    """
    names = sorted(p.parent.name for p in results.glob("*/run.json"))
    if name == "last" and names:
        return results / names[-1]
    fitting = [n for n in names if name == n] or [n for n in names if name in n]
    if len(fitting) != 1:
        fault = "no stored run fits" if not fitting else f"{len(fitting)} stored runs fit"
        hint = nearest(name, names) if not fitting else ", ".join(fitting[:5])
        raise BenchrigError(f"{fault} '{name}'", where=str(results), way_out=hint)
    return results / fitting[0]


def stored_runs(results: Path) -> Iterator[Path]:
    """Directories of all runs, newest first."""
    return iter(sorted((p.parent for p in results.glob("*/run.json")), reverse=True))


def require_space(results: Path, bytes_needed: int) -> None:
    """Refuse to begin a run that could not be stored.

    Raises:
        BenchrigError: the file system has less room than that.
    """
    results.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(results).free
    if free < bytes_needed:
        raise BenchrigError(
            f"{free // 2**20} MiB are free, the run may need {bytes_needed // 2**20}",
            where=str(results),
            way_out="make room, or set BENCHRIG_RESULTS to another folder",
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or the one before."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def _read(path: Path, adapter: TypeAdapter[Any]) -> Any:
    try:
        content = path.read_bytes()
        schema = json.loads(content).get("schema", SCHEMA)
        if schema > SCHEMA:
            raise BenchrigError(
                f"its schema is {schema}, this benchrig knows up to {SCHEMA}",
                where=str(path),
                way_out="update benchrig",
            )
        return adapter.validate_json(content)
    except (OSError, ValueError, ValidationError) as error:
        raise BenchrigError(f"can not be read: {error}", where=str(path)) from error
