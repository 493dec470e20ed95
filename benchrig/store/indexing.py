"""One stored run as rows of the index."""

from pathlib import Path

from benchrig.errors import BenchrigError
from benchrig.store.derived import derived_of
from benchrig.store.index import summary_type
from benchrig.store.purpose import purpose
from benchrig.store.spec import read_spec, read_status
from benchrig.store.summary import TrialSummary

FAULT = 8  # column of the table of runs


def rows_of(path: Path, sign: str) -> tuple[list[object], list[tuple[object, ...]]]:
    """A run's row, and those of its trials; a run that can not be read tells why in its own.

    Args:
        path: of the run.
        sign: its signature.
    """
    run: list[object] = [path.name, sign, 0.0, "", "", "", "", "unreadable", "", "", ""]
    trials: tuple[TrialSummary, ...] = ()
    try:
        spec, status = read_spec(path), read_status(path)
        made = purpose(path, spec)
        run = [path.name, sign, spec.begin_unix, spec.command, spec.inventory, spec.lab]
        run += [spec.origin, status, "", made.kind, made.rig]
        trials = derived_of(path).trials
    except BenchrigError as error:
        run[FAULT] = str(error)
    return run, [_row(path.name, trial) for trial in trials]


def _row(run_id: str, trial: TrialSummary) -> tuple[object, ...]:
    return (
        run_id,
        trial.trial,
        trial.cell,
        trial.begin_unix,
        trial.grade,
        trial.requests_per_second,
        trial.window,
        summary_type().dump_json(trial),
    )
