"""Reading what tools print for people."""

import re

from benchrig.drivers.base import UnreadableOutput


def find(pattern: str, text: str) -> tuple[str, ...]:
    """The groups of the first match.

    Raises:
        UnreadableOutput: there is none; it carries the last line that was printed instead.
    """
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        lines = text.strip().splitlines()
        raise UnreadableOutput(lines[-1] if lines else "nothing was printed")
    return found.groups()


def find_number(pattern: str, text: str, default: int) -> int:
    """The first group as a whole number; ``default`` where a tool leaves a line out at zero."""
    found = re.search(pattern, text, re.MULTILINE)
    return int(found.group(1)) if found else default
