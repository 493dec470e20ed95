"""Which process holds which TCP connection or port."""

from collections.abc import Container
from pathlib import Path

ESTABLISHED, LISTEN = "01", "0A"


# Reading one takes the kernel milliseconds: it walks all of its hash table, used or not.
TABLES = ("/proc/net/tcp", "/proc/net/tcp6")


def inodes(ports: Container[int], state: str) -> set[str]:
    """Socket inodes on local ports in one state, IPv4 and IPv6."""
    found = set()
    for table in TABLES:
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == state and int(fields[1].rsplit(":", 1)[1], 16) in ports:
                found.add(fields[9])
    return found


def held_by(pid: int) -> set[str]:
    """Inodes of the sockets a process has open; empty when it has gone."""
    found = set()
    try:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            target = str(entry.readlink())
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return found
    return found


def connections(pids: list[int], ports: range) -> dict[int, int]:
    """Established connections on the ports, per process that holds them."""
    open_now = inodes(ports, ESTABLISHED)
    return {pid: len(open_now & held_by(pid)) for pid in pids}


def listeners(port: int) -> list[int]:
    """Processes that listen on a port."""
    wanted = inodes({port}, LISTEN)
    every = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in every if wanted and wanted & held_by(pid)]
