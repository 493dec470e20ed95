"""Samples of stored runs, moved to one start and marked, as text that Prometheus takes back."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchrig.errors import BenchrigError
from benchrig.store.run import StoredRun
from benchrig.store.telemetry import SAMPLES

LABEL = "replay"
END = "# EOF"


@dataclass(frozen=True)
class Replayed:
    """A run to be put back.

    Attributes:
        shift_seconds: what is added to every moment, so that its first measure phase begins when
            those of the others do.
        begin_unix: first moment after the shift.
        end_unix: last moment after the shift.
    """

    run: StoredRun
    shift_seconds: float
    begin_unix: float
    end_unix: float


def plan_replay(run: StoredRun, start_unix: float) -> Replayed:
    """Where a run goes when its first measure phase is to begin at ``start_unix``.

    Raises:
        BenchrigError: it measured nothing, or was kept without its samples.
    """
    begins = [p.begin_unix for raw in run.trials for p in raw.phases if p.name == "measure"]
    if not begins or not any(True for _ in _archives(run)):
        raise BenchrigError(
            "no samples were kept with it",
            where=f"run '{run.spec.run_id}'",
            way_out="runs of before telemetry was kept can not be replayed; run it again",
        )
    shift = start_unix - begins[0]
    ends = [p.end_unix for raw in run.trials for p in raw.phases]
    first = min(raw.begin_unix for raw in run.trials)
    return Replayed(run, shift, first + shift, max(ends) + shift)


def openmetrics(replayed: Iterable[Replayed]) -> Iterator[str]:
    """Lines of one OpenMetrics text; every series has the run's name in the label ``replay``.

    Raises:
        BenchrigError: an archive is damaged.
    """
    for one in replayed:
        for head, samples in sorted(_series(one.run).items()):
            marked = _marked(head, one.run.spec.run_id)
            for moment, value in sorted(samples.items()):
                yield f"{marked} {value} {moment + one.shift_seconds:.3f}\n"
    yield f"{END}\n"


def _series(run: StoredRun) -> dict[str, dict[float, str]]:
    """Series to moment to value, over all trials: they overlap by a few seconds."""
    found: dict[str, dict[float, str]] = {}
    for text in _archives(run):
        for line in text.splitlines():
            if line != END:
                head, value, moment = line.rsplit(" ", 2)
                found.setdefault(head, {})[float(moment)] = value
    return found


def _archives(run: StoredRun) -> Iterator[str]:
    for path in sorted((run.path / "trials").glob(f"[0-9]*/{SAMPLES}")):
        try:
            yield gzip.decompress(path.read_bytes()).decode()
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise BenchrigError(f"can not be read: {error}", where=str(path)) from error


def _marked(head: str, run_id: str) -> str:
    mark = f'{LABEL}="{run_id}"'
    return f"{head[:-1]},{mark}}}" if head.endswith("}") else f"{head}{{{mark}}}"
