"""The two programs that ``make wrk-test`` builds as the role does, and parts of the patch alone."""

import ctypes
import subprocess
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


def shared_library(source: str, folder: Path) -> ctypes.CDLL:
    """One source file of the patch as a library, to call its functions from a test."""
    path = folder / Path(source).with_suffix(".so")
    options = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    argv = ["cc", *options, "-o", str(path), str(ROLE_FILES / "src" / source), "-lm"]
    subprocess.run(argv, check=True)
    return ctypes.CDLL(str(path))
