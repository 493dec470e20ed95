"""Where ``make wrk-test`` puts the two programs that it builds as the role does."""

from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
ROLE_FILES = PROJECT / "roles" / "wrk" / "files"
BUILT = PROJECT / ".venv" / "wrk"


@dataclass(frozen=True)
class Programs:
    """Paths of the two binaries, built from the same source."""

    stock: Path
    patched: Path


def built_programs() -> Programs:
    """Both programs.

    Raises:
        FileNotFoundError: they were never built.
    """
    programs = Programs(BUILT / "stock" / "wrk", BUILT / "patched" / "wrk")
    for path in (programs.stock, programs.patched):
        if not path.exists():
            raise FileNotFoundError(f"{path}: `make .venv/.wrk` builds it")
    return programs
