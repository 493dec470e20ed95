"""What an app's environment holds: read from its lock file, which is installed hash for hash."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from benchrig.errors import BenchrigError

LOCK = "requirements.txt"
# Markers are judged for the app servers and not for the machine this runs on.
APP_SERVER = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


@dataclass(frozen=True)
class Lock:
    """One app's environment.

    Attributes:
        sha256: of the lock file; the same hash is the same environment.
        packages: name to version of everything in it.
    """

    sha256: str
    packages: dict[str, str]


def read_lock(apps: Path, app: str) -> Lock:
    """The lock of one app.

    Raises:
        BenchrigError: there is none, or a line of it is no pinned requirement.
    """
    path = apps / app / LOCK
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise BenchrigError(
            "no such file", where=f"{app}/{LOCK}", way_out="`make lock` writes it"
        ) from error
    packages = {}
    for number, line in enumerate(content.decode().splitlines(), 1):
        text = line.split(" \\")[0].strip()
        if not text or text.startswith(("#", "--")):
            continue
        requirement = _pinned(text, f"{app}/{LOCK}, line {number}")
        if requirement.marker is None or requirement.marker.evaluate(APP_SERVER):
            version = str(requirement.specifier).removeprefix("==")
            packages[requirement.name.lower()] = version
    return Lock(hashlib.sha256(content).hexdigest(), packages)


def all_locks(apps: Path) -> dict[str, Lock]:
    """The lock of every app, by the app's name.

    Raises:
        BenchrigError: a line of one is no pinned requirement.
    """
    return {p.parent.name: read_lock(apps, p.parent.name) for p in sorted(apps.glob(f"*/{LOCK}"))}


def _pinned(text: str, where: str) -> Requirement:
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise BenchrigError(f"'{text}' is no requirement", where=where) from error
    if not str(requirement.specifier).startswith("==") or "," in str(requirement.specifier):
        raise BenchrigError(
            f"'{text}' has no exact version", where=where, way_out="`make lock` writes the file"
        )
    return requirement
