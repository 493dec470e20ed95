"""The rig's noise, kept per rig: ``results/noise/FINGERPRINT.json``.

Beside the figures stand the blocks they were computed from, so that they can be computed again.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from benchrig.compare.pairs import Outcome
from benchrig.errors import BenchrigError
from benchrig.stats.floor import FLOOR_LEAST
from benchrig.stats.noise import Calibration
from benchrig.store.run import write_whole

SCHEMA = 1
FOLDER = "noise"


@dataclass(frozen=True)
class OutcomeNoise:
    """Noise of one outcome, and the logarithms of the ratios it was computed from."""

    outcome: Outcome
    log_ratios: tuple[float, ...]
    noise: Calibration


@dataclass(frozen=True)
class StoredCalibration:
    """What a rig shows between a variant and itself."""

    schema: int
    rig: str
    run_id: str
    unix: float
    variant: str
    workload: str
    trial_seconds: float
    outcomes: tuple[OutcomeNoise, ...]

    def floor(self, outcome: Outcome) -> float:
        """The noise floor of one outcome, as a natural logarithm of a ratio."""
        return next((o.noise.floor for o in self.outcomes if o.outcome is outcome), FLOOR_LEAST)

    @property
    def known(self) -> frozenset[Outcome]:
        """Outcomes whose floor is from blocks enough."""
        return frozenset(o.outcome for o in self.outcomes if o.noise.enough)


STORED = TypeAdapter(StoredCalibration)


def store_calibration(results: Path, found: StoredCalibration) -> Path | None:
    """Keep a calibration in place of the rig's one before.

    ``None`` where that one knows a floor from blocks enough and this one does not: it is left.

    Raises:
        BenchrigError: this one has few blocks, and the one before can not be read.
    """
    before = None if found.known == set(Outcome) else read_calibration(results, found.rig)
    if before and before.known - found.known:
        return None
    folder = results / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{found.rig}.json"
    write_whole(path, STORED.dump_json(found, indent=1))
    return path


def read_calibration(results: Path, rig: str) -> StoredCalibration | None:
    """The rig's calibration; ``None`` when there is none.

    Raises:
        BenchrigError: it is damaged or of a newer schema.
    """
    path = results / FOLDER / f"{rig}.json"
    if not path.exists():
        return None
    try:
        found = STORED.validate_json(path.read_bytes())
    except ValidationError as error:
        what = f"can not be read: {error.errors()[0]['msg']}"
        raise BenchrigError(what, where=str(path), way_out="delete it, `fab calibrate`") from error
    if found.schema > SCHEMA:
        what = f"its schema is {found.schema}, this benchrig knows up to {SCHEMA}"
        raise BenchrigError(what, where=str(path), way_out="update benchrig")
    return found
