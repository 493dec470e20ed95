"""The noise floors a comparison is judged by. Pure."""

from benchrig.compare.pairs import Outcome
from benchrig.stats.floor import FLOOR_LEAST
from benchrig.store.noise import StoredCalibration


def floors_of(calibration: StoredCalibration | None) -> dict[Outcome, float]:
    """The floor of each outcome; without a calibration the least there can be."""
    if calibration is None:
        return dict.fromkeys(Outcome, FLOOR_LEAST)
    return {kind: calibration.floor(kind) for kind in Outcome}
