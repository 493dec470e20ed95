"""The error every part of the rig raises for something a person can mend."""

import difflib
from collections.abc import Iterable


class BenchrigError(Exception):
    """What went wrong, where, and the way out.

    Args:
        what: the thing, the value and the fault in one sentence, without a full stop.
        where: the file, host, unit or option the fault is in.
        way_out: what the reader can do next.

    The text reads ``where: what; way_out``. Tasks print it without a traceback and exit 2.
    """

    def __init__(self, what: str, *, where: str = "", way_out: str = "") -> None:
        self.what = what
        self.where = where
        self.way_out = way_out
        super().__init__(what)

    @property
    def advice(self) -> str:
        """What went wrong and the way out, for a reader who is told the place beside it."""
        return f"{self.what}; {self.way_out}" if self.way_out else self.what

    def __str__(self) -> str:
        return f"{self.where}: {self.advice}" if self.where else self.advice


def nearest(value: str, known: Iterable[str]) -> str:
    """The way out for a misspelt name: the nearest known one, else all of them."""
    names = sorted(known)
    listed = f"known: {', '.join(names)}" if names else "none is defined"
    return close_to(value, names) or listed


def close_to(value: str, known: Iterable[str]) -> str:
    """The way out for a misspelt name where the known ones are too many to list; empty if none."""
    close = difflib.get_close_matches(value, sorted(known), n=1)
    return f"did you mean '{close[0]}'?" if close else ""
