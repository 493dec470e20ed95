"""What a process waits for: for events, as an event loop does, or for one thing that blocks it.

``/proc/PID/syscall`` tells the number of the system call in which a thread sleeps (proc(5)). The
numbers are the architecture's own.
"""

import os
from pathlib import Path

EVENTS, BLOCKED, RUNNING = "events", "blocked", "running"
# select, pselect6, poll, ppoll, epoll_wait, epoll_pwait, epoll_pwait2, accept, accept4
EVENT_CALLS = {
    "x86_64": {23, 270, 7, 271, 232, 281, 441, 43, 288},
    "aarch64": {72, 73, 22, 441, 202, 242},
}
FUTEX = {"x86_64": 202, "aarch64": 98}
MACHINE = os.uname().machine
THREADS_MAX = 8


def waits_for(pid: int) -> str:
    """What the process does now: ``running``, or what it waits for; empty where nobody can tell.

    Its first thread speaks for it. Where that waits for another thread of the process, the others
    are asked: one that is blocked speaks for all.
    """
    if MACHINE not in EVENT_CALLS:
        return ""
    first = _call(Path(f"/proc/{pid}"))
    if first != FUTEX[MACHINE]:
        return _kind(first)
    try:
        tasks = [t for t in Path(f"/proc/{pid}/task").iterdir() if t.name != str(pid)]
    except FileNotFoundError:
        return ""
    calls = [_call(task) for task in tasks[:THREADS_MAX]]
    kinds = [_kind(call) for call in calls if call != FUTEX[MACHINE]]
    return next((kind for kind in (BLOCKED, RUNNING, EVENTS) if kind in kinds), EVENTS)


def _call(task: Path) -> int | None:
    """The system call that a thread sleeps in: -1 while it runs, ``None`` where it can not tell."""
    try:
        word = (task / "syscall").read_text().split()[0]
    except (OSError, IndexError):
        return None  # ended, or a kernel that does not tell
    return -1 if word == "running" else int(word)


def _kind(call: int | None) -> str:
    if call is None:
        return ""
    if call == -1:
        return RUNNING
    return EVENTS if call in EVENT_CALLS[MACHINE] else BLOCKED
