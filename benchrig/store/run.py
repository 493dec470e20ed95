"""One run's directory: written as the run goes on, readable at any moment, never overwritten.

``run.json`` says what was asked, ``environment.json`` where, ``trials/001/raw.json`` what one trial
showed; the drivers' own output stands beside it in ``load/``, and ``finished.json`` comes last.
Everything else in it (``derived.json``, reports) is made from these and can be made again.
"""

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.errors import BenchrigError
from benchrig.store.atomic import (
    hold_folder,
    require_space,
    whole_folder,
    write_synced,
    write_whole,
)
from benchrig.store.read import read_record
from benchrig.store.spec import (
    FINISHED,
    SAFE_NAME,
    SCHEMA,
    SPEC,
    Finished,
    RunSpec,
    find_run,
    new_run_id,
    read_spec,
    read_status,
    safe_name,
    stored_runs,
    trial_folders,
)
from benchrig.store.telemetry import read_telemetry, without_telemetry, write_telemetry
from benchrig.trial.environment import Environment
from benchrig.trial.raw import DriverRun, RawTrial

__all__ = [
    "BYTES_PER_TRIAL",
    "FINISHED",
    "SAFE_NAME",
    "SCHEMA",
    "SPEC",
    "Finished",
    "RunDirectory",
    "RunSpec",
    "StoredRun",
    "find_run",
    "new_run_id",
    "read_spec",
    "read_status",
    "require_space",
    "safe_name",
    "stored_runs",
    "trial_folders",
    "write_whole",
]

BYTES_PER_TRIAL = 20 * 2**20  # at most, with its telemetry
STDOUT, STDERR = "stdout.txt", "stderr.txt"
RAW = TypeAdapter(RawTrial)
ENVIRONMENT = TypeAdapter(Environment)


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
        self._held: int | None = hold_folder(self.path)

    @classmethod
    def again(cls, path: Path) -> "RunDirectory":
        """A stored run to go on with: it is unfinished again, and half a trial is gone.

        Raises:
            BenchrigError: there is no run that can be read, or somebody else is writing it.
        """
        run = cls.__new__(cls)
        run.path, run.spec, run._held = path, read_spec(path), hold_folder(path)
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
        self.release()

    def release(self) -> None:
        """Let another process go on with it; the end of this one does so by itself."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


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


def read_trial(path: Path) -> RawTrial:
    """One trial with its drivers' output.

    Raises:
        BenchrigError: a file is missing or damaged.
    """
    raw: RawTrial = read_record(path / "raw.json", RAW)
    runs = [_with_output(path / "load" / _output_name(r), r) for r in raw.driver_runs]
    return replace(raw, driver_runs=runs, telemetry=read_telemetry(path))


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
