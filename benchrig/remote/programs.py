"""Whether the rig's programs on a host are those of this checkout."""

import hashlib
from pathlib import Path

from benchrig.errors import BenchrigError
from benchrig.remote.connection import Remote

HERE = Path(__file__).parents[1]
THERE = "/opt/benchrig/lib/benchrig"
# What runs on hosts and talks to the control node.
FOLDERS = ("contract", "drivers", "host", "load")
# Both sides hash the lines of sha256sum(1), sorted by bytes.
COMMAND = 'cd "$0" && find "$@" -name "*.py" | LC_ALL=C sort | xargs sha256sum | sha256sum'


def require_same_programs(remote: Remote) -> None:
    """Hold the host's programs against ours.

    Raises:
        BenchrigError: they differ, so they may not understand each other.
    """
    said = remote.run(["sh", "-c", COMMAND, THERE, *FOLDERS])
    if said.split()[0] != digest(HERE):
        raise BenchrigError(
            "the rig's programs on it are not those of this checkout",
            where=f"host '{remote.host.name}', {THERE}",
            way_out="run `ansible-playbook site.yml`",
        )


def digest(package: Path) -> str:
    """What `COMMAND` prints for the same files."""
    paths = sorted(
        str(path.relative_to(package))
        for folder in FOLDERS
        for path in (package / folder).rglob("*.py")
    )
    lines = [
        f"{hashlib.sha256((package / path).read_bytes()).hexdigest()}  {path}\n" for path in paths
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
