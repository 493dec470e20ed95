"""Which noise floor is used, apart from the rest: this needs no NumPy, which is slow to import.

Floors are natural logarithms of ratios; `benchrig.stats.noise` tells how they are found.
"""

FLOOR_LEAST = 0.005
CALIBRATION_BLOCKS_LEAST = 20


def blocks_enough(blocks: int) -> bool:
    """Whether a calibration has blocks enough for its figures to mean something.

    From 20 blocks the spread is known to -24 and +46 % (chi-square, 95 %), and the floor with it.
    """
    return blocks >= CALIBRATION_BLOCKS_LEAST


def used_floor(blocks: int, floor: float) -> float:
    """The floor that is used of a calibration: its own, or the least where its blocks are few."""
    return floor if blocks_enough(blocks) else FLOOR_LEAST
