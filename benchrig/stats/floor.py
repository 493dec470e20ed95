"""The least noise floor, and when one is known, apart from the rest: NumPy is slow to import.

Floors are natural logarithms of ratios; `benchrig.stats.noise` tells how they are found.
"""

FLOOR_LEAST = 0.005
CALIBRATION_BLOCKS_LEAST = 20


def blocks_enough(blocks: int) -> bool:
    """Whether a calibration has blocks enough for its figures to mean something.

    From 20 blocks the spread is known to -24 and +46 % (chi-square, 95 %), and the floor with it.
    """
    return blocks >= CALIBRATION_BLOCKS_LEAST
