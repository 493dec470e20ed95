"""What of the apps is on this host, to be held against what the control node has."""

from pathlib import Path
from typing import Any

from benchrig.contract.files import checksums

MARKER = ".benchrig-lock"  # what the module that made an environment leaves in it at the end


def deployed(request: dict[str, Any]) -> dict[str, Any]:
    """`checksums` of ``folders`` of ``apps``, and that of the lock that ``venv`` was made from."""
    return {
        "files": checksums(Path(request["apps"]), request["folders"]),
        "lock": _lock_of(Path(request["venv"]) / MARKER),
    }


def _lock_of(marker: Path) -> str:
    if not marker.exists():
        return ""
    _, lock, _ = marker.read_text().split(maxsplit=2)
    return lock
