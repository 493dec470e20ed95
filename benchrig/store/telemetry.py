"""A trial's telemetry on disk, beside its record.

``telemetry.json.gz`` is `benchrig.signals.series.Telemetry`; ``samples.om.gz`` is every sample that
Prometheus had of that time, in the OpenMetrics text format and Prometheus' clock. Runs of before
these files were written have none, and are read all the same.
"""

import gzip
import zlib
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.errors import BenchrigError
from benchrig.signals.series import Telemetry
from benchrig.store.atomic import write_synced
from benchrig.trial.raw import RawTrial

TELEMETRY, SAMPLES = "telemetry.json.gz", "samples.om.gz"
ADAPTER = TypeAdapter(Telemetry)


def write_telemetry(folder: Path, raw: RawTrial) -> None:
    """Write what there is of a trial's telemetry into its folder."""
    if raw.telemetry:
        packed = gzip.compress(ADAPTER.dump_json(raw.telemetry), mtime=0)
        write_synced(folder / TELEMETRY, packed)
    if raw.samples_gz:
        write_synced(folder / SAMPLES, raw.samples_gz)


def without_telemetry(raw: RawTrial) -> RawTrial:
    """The record without what stands in files of its own."""
    return replace(raw, telemetry=None, samples_gz=b"")


def read_telemetry(folder: Path) -> Telemetry | None:
    """A trial's telemetry; ``None`` where none was kept.

    Raises:
        BenchrigError: the file is damaged.
    """
    path = folder / TELEMETRY
    if not path.exists():
        return None
    try:
        return ADAPTER.validate_json(gzip.decompress(path.read_bytes()))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise BenchrigError(f"can not be read: {error}", where=str(path)) from error
