"""Where requests wait: the queues of TCP sockets, looked at again and again while a load runs.

A socket's receive queue holds what came and was not yet read, its send queue what is not yet
acknowledged; for a listening socket the receive queue counts connections that nobody accepted yet.
``/proc/net/tcp`` shows them (net/ipv4/tcp_ipv4.c, get_tcp4_sock). Each request of a closed loop is
at every moment in one place, so the census says which tier keeps it waiting.
"""

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchrig.host import cgroups, sockets, waiting

COST_MAX = 0.04  # share of a CPU that looking may take; the interval grows to keep to it
SEARCH_EVERY = 10  # looks between two searches for IPv6 sockets and for the unit's processes
SAMPLES_MAX = 2000
NOBODYS = "0"  # inode of a connection that no process holds
IPV4, IPV6 = sockets.TABLES[:1], sockets.TABLES[1:]
_running: list["Census"] = []


def begin(request: dict[str, Any]) -> dict[str, bool]:
    """Look at sockets with these ``local_ports`` and ``remote_ports`` until `end`."""
    while _running:  # of a trial that could not end them
        _running.pop().end()
    census = Census(
        set(request["local_ports"]),
        set(request["remote_ports"]),
        request.get("unit", ""),
        request["interval_seconds"],
    )
    _running.append(census)
    census.start()
    return {"begun": True}


def end(_: dict[str, Any]) -> dict[str, Any]:
    """Look no more; tells every sample and the CPU time that looking took."""
    return _running.pop().end() if _running else {"cpu_seconds": 0.0, "samples": []}


@dataclass
class Queues:
    """One look at the sockets on one side.

    Attributes:
        established: connections.
        unread: of them, those with bytes that came and were not read.
        unsent: of them, those with bytes that the other side did not acknowledge.
        backlog: connections that wait to be accepted.
        unread_inodes: sockets with unread bytes.
    """

    established: int = 0
    unread: int = 0
    unsent: int = 0
    backlog: int = 0
    unread_inodes: list[str] = field(default_factory=list)


@dataclass
class Census:
    """Looks in a thread of its own; ``unit`` owns the sockets whose processes are told."""

    local_ports: set[int]
    remote_ports: set[int]
    unit: str
    interval_seconds: float
    _samples: list[dict[str, Any]] = field(default_factory=list)
    _owners: dict[str, int] = field(default_factory=dict)
    _pids: list[int] = field(default_factory=list)
    _tables: tuple[str, ...] = sockets.TABLES
    _ended: threading.Event = field(default_factory=threading.Event)
    _cpu_seconds: float = 0.0

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> dict[str, Any]:
        """Stop, and tell what was seen."""
        self._ended.set()
        self._thread.join()
        return {"cpu_seconds": self._cpu_seconds, "samples": self._samples}

    def _look(self) -> None:
        began = time.thread_time()
        pause = 0.0
        while not self._ended.wait(pause) and len(self._samples) < SAMPLES_MAX:
            if len(self._samples) % SEARCH_EVERY == 0:
                self._search()
            before = time.thread_time()
            self._samples.append(self._sample())
            pause = max(self.interval_seconds, (time.thread_time() - before) / COST_MAX)
            self._cpu_seconds = time.thread_time() - began

    def _search(self) -> None:
        """Find who owns which socket, and leave out the IPv6 table while it holds none of ours."""
        if self.unit:
            cgroup = cgroups.find_cgroup(self.unit)
            self._pids = cgroups.pids(cgroup) if cgroup else []
        six = read(self.local_ports, self.remote_ports, IPV6)
        self._tables = sockets.TABLES if any(q.established for q in six) else IPV4

    def _sample(self) -> dict[str, Any]:
        local, remote = read(self.local_ports, self.remote_ports, self._tables)
        told: dict[str, Any] = {"unix": time.time()}
        if self.unit:
            told["unread_of"] = self._unread_of(local.unread_inodes)
            told["waits_for"] = {
                pid: kind for pid in self._pids if (kind := waiting.waits_for(pid))
            }
        for name, queues in (("local", local), ("remote", remote)):
            told[name] = {k: v for k, v in vars(queues).items() if k != "unread_inodes"}
        return told

    def _unread_of(self, inodes: list[str]) -> dict[int, int]:
        """Process to its sockets with unread bytes; sockets not seen before are searched for."""
        if any(inode not in self._owners for inode in inodes):
            self._owners = {inode: pid for pid in self._pids for inode in sockets.held_by(pid)}
        unread: dict[int, int] = {}
        for inode in inodes:
            pid = self._owners.setdefault(inode, 0)
            unread[pid] = unread.get(pid, 0) + 1
        return unread


def read(
    local_ports: set[int], remote_ports: set[int], tables: tuple[str, ...]
) -> tuple[Queues, Queues]:
    """The queues of sockets with one of the ports on our side, and on the other side."""
    local, remote = Queues(), Queues()
    for table in tables:
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split(maxsplit=10)
            state = fields[3]
            if state not in (sockets.ESTABLISHED, sockets.LISTEN):
                continue
            here, there = (int(fields[n].rsplit(":", 1)[1], 16) for n in (1, 2))
            if here in local_ports:
                _count(local, state, fields)
            elif there in remote_ports:
                _count(remote, state, fields)
    return local, remote


def _count(queues: Queues, state: str, fields: list[str]) -> None:
    sending, receiving = (int(text, 16) for text in fields[4].split(":"))
    if state == sockets.LISTEN:
        queues.backlog += receiving
        return
    if fields[9] == NOBODYS:
        return  # not accepted yet, so it is in the backlog
    queues.established += 1
    queues.unsent += sending > 0
    if receiving:
        queues.unread += 1
        queues.unread_inodes.append(fields[9])
