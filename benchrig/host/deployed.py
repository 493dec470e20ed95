"""What of the apps is on this host, to be held against what the control node has."""

import hashlib
import re
from pathlib import Path
from typing import Any

LEFT_BEHIND = re.compile(r"(^|/)(\.|__pycache__/)")
MARKER = ".benchrig-lock"  # what the module that made an environment leaves in it at the end


def deployed(request: dict[str, Any]) -> dict[str, Any]:
    """SHA-256 of each file in ``folders`` of ``apps``, and of the lock that ``venv`` was made from.

    What tools and editors leave behind is left out: bytecode, and names that begin with a dot.
    """
    apps = Path(request["apps"])
    paths = [path for folder in request["folders"] for path in (apps / folder).rglob("*")]
    return {
        "files": {
            str(path.relative_to(apps)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in paths
            if path.is_file() and not LEFT_BEHIND.search(str(path.relative_to(apps)))
        },
        "lock": _lock_of(Path(request["venv"]) / MARKER),
    }


def _lock_of(marker: Path) -> str:
    if not marker.exists():
        return ""
    _, lock, _ = marker.read_text().split(maxsplit=2)
    return lock
