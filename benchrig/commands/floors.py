"""The noise floors that `fab history`, `fab gate` and `fab site` hold changes against."""

import math
from pathlib import Path

from benchrig.store.floors import Floors, read_floors
from benchrig.units import parse_share


def floors(results: Path, typed: str) -> Floors:
    """Those of the rigs' calibrations, or the one that was typed.

    Raises:
        BenchrigError: what was typed is no share; a calibration is damaged.
    """
    return read_floors(results, math.log1p(parse_share(typed, "--floor")) if typed else None)
