"""One operator at a time: a lock that lives as long as the session that took it."""

import fcntl
from pathlib import Path
from typing import Any, TextIO

LOCK = Path("/run/benchrig/lock")
_held: list[TextIO] = []  # an open file keeps its lock


def lock(request: dict[str, Any]) -> dict[str, str]:
    """Lock the rig for ``who``; ``holder`` is empty, or tells who has it."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    file = LOCK.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        return {"holder": file.read().strip() or "somebody"}
    file.truncate(0)
    file.write(request["who"])
    file.flush()
    _held.append(file)
    return {"holder": ""}
