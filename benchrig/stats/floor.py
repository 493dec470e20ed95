"""The least noise floor, apart from the rest: it needs no NumPy, which takes its time to import."""

FLOOR_LEAST = 0.005  # natural logarithm of a ratio; benchrig.stats.noise tells why
