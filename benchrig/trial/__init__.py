"""One trial: a fresh start of a variant and one measured level, kept raw."""
