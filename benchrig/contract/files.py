"""What of a checkout is its content: the same on the control node and on the hosts."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

LEFT_BEHIND = re.compile(r"(^|/)(\.|__pycache__/)")


def checksums(root: Path, folders: Iterable[str] = (".",)) -> dict[str, str]:
    """SHA-256 of each file in folders of ``root``, by its path in it.

    What tools and editors leave behind is left out: bytecode, and names that begin with a dot.
    """
    paths = {path for folder in folders for path in (root / folder).rglob("*") if path.is_file()}
    named = {str(path.relative_to(root)): path for path in paths}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in named.items()
        if not LEFT_BEHIND.search(name)
    }
