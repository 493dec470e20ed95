"""Noise floors of the rigs: one place for every finding, from what `fab calibrate` stored.

Of a calibration only the floors are read: what else stands in it needs SciPy, and lists should not
wait for that.
"""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.compare.pairs import Outcome
from benchrig.errors import BenchrigError
from benchrig.stats.floor import FLOOR_LEAST, blocks_enough
from benchrig.store.read import read_record
from benchrig.store.spec import read_spec

FOLDER = "noise"


@dataclass(frozen=True)
class Noise:
    """What is read of one outcome's noise; `benchrig.stats.noise.Calibration` is all of it."""

    blocks: int
    floor: float


@dataclass(frozen=True)
class OutcomeFloor:
    """The noise of one outcome."""

    outcome: Outcome
    noise: Noise


@dataclass(frozen=True)
class Calibrated:
    """What is read of a calibration; `benchrig.store.noise.StoredCalibration` is all of it."""

    rig: str
    run_id: str
    unix: float
    outcomes: tuple[OutcomeFloor, ...]


CALIBRATED = TypeAdapter(Calibrated)


@dataclass(frozen=True)
class Floor:
    """The noise floor of one outcome on one rig.

    Attributes:
        log_ratio: a natural logarithm; differences up to it are noise.
        origin: where it comes from and of when, in words; what to run where there is none.
    """

    log_ratio: float
    origin: str

    @property
    def told(self) -> str:
        """One line for a reader."""
        return f"noise floor {math.expm1(self.log_ratio) * 100:.2g} %: {self.origin}"


@dataclass(frozen=True)
class Floors:
    """The floors of every rig that was calibrated.

    Attributes:
        by_rig: by the fingerprint of its hosts.
        by_place: by lab or inventory, for runs of before fingerprints were kept; the newest.
        typed: what the reader wants instead, a natural logarithm.
    """

    by_rig: Mapping[str, Calibrated]
    by_place: Mapping[str, Calibrated]
    typed: float | None = None

    def of(self, rig: str, place: str, outcome: Outcome) -> Floor:
        """The floor that figures of one rig are held against.

        Args:
            rig: fingerprint of its hosts; empty where it was not kept.
            place: its lab or inventory.
            outcome: what is compared.
        """
        if self.typed is not None:
            return Floor(self.typed, "as --floor says")
        found = self.by_rig.get(rig) if rig else self.by_place.get(place)
        told = [o.noise for o in found.outcomes if o.outcome is outcome] if found else []
        if found is None or not told:
            return Floor(FLOOR_LEAST, f"the least; {place} was never calibrated: `fab calibrate`")
        day = time.strftime("%Y-%m-%d", time.gmtime(found.unix))
        blocks, of = told[0].blocks, f"{outcome.value}, {told[0].blocks} blocks"
        origin = f"calibrated {day} by {found.run_id} ({of})"
        if not blocks_enough(blocks):
            origin = f"rough; {origin}, which are few: `fab calibrate`"
        return Floor(told[0].floor, origin)


def read_floors(results: Path, typed: float | None = None) -> Floors:
    """The floors of every rig whose calibration is stored.

    Raises:
        BenchrigError: a calibration is damaged.
    """
    found = sorted(_calibrations(results), key=lambda each: each.unix)
    places = {_place(results, each): each for each in found}
    return Floors({each.rig: each for each in found}, places, typed)


def _calibrations(results: Path) -> Iterator[Calibrated]:
    for path in sorted((results / FOLDER).glob("*.json")):
        yield read_record(path, CALIBRATED)


def _place(results: Path, found: Calibrated) -> str:
    """Where it was measured; empty where the run of it is gone."""
    try:
        return read_spec(results / found.run_id).place
    except BenchrigError:
        return ""
