"""Kernel settings of the box that labs need; the last lab to go puts them back."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchrig.errors import BenchrigError
from benchrig.lab.definition import STATE_ROOT, Lab

SYSCTL = Path("/proc/sys")
BEFORE = STATE_ROOT / "sysctl.noted.json"
BOOT_ID = "kernel/random/boot_id"
# Forwarding: the machines' way to the package registries. inotify: each machine's systemd takes
# several instances, all of the same root user, and hangs at boot when none is left.
NEEDED = {"net/ipv4/ip_forward": 1, "fs/inotify/max_user_instances": 4096}
# A table of connections for each machine, of the size that one with some 2 GB has. Without, all use
# the box's, which the kernel walks whole, 5 ms at half a million entries, for each look at sockets.
OF_CHILDREN = {"net/ipv4/tcp_child_ehash_entries": 16384}


def raise_settings(lab: Lab) -> None:
    """Raise what is too low, and note what it was.

    The lab's folder is made under the same lock: from here on a lab that goes sees this one.
    """
    with _locked():
        (lab.root / "hosts").mkdir(parents=True, exist_ok=True)
        before = _before()
        for name, needed in (NEEDED | OF_CHILDREN).items():
            path = SYSCTL / name
            if name in OF_CHILDREN and not path.exists():
                continue  # before Linux 6.1: the rig works, at a higher price
            value = int(path.read_text())
            if value < needed:
                before.setdefault(name, value)
                _set(path, needed)
        BEFORE.write_text(json.dumps({"boot": _boot_id(), "values": before}))


def settings_of_outer() -> str:
    """What sysctl.d(5) sets in the outer machine, whose children the others are."""
    return "".join(f"-{name} = {value}\n" for name, value in OF_CHILDREN.items())


def restore_settings(lab: Lab) -> None:
    """Put the settings back, unless another lab is left beside this one."""
    with _locked():
        others = [p for p in lab.root.parent.glob("*/hosts") if p.parent != lab.root]
        if others:
            return
        for name, value in _before().items():
            (SYSCTL / name).write_text(str(value))
        BEFORE.unlink(missing_ok=True)


def _set(path: Path, value: int) -> None:
    try:
        path.write_text(str(value))
    except OSError as error:
        raise BenchrigError(
            f"{path} is {path.read_text().strip()}, the lab needs {value}, and it can not be set",
            way_out="set it where this machine itself is run",
        ) from error


def _before() -> dict[str, int]:
    """What the settings were; nothing when it was noted before a reboot, which set them anew."""
    noted = json.loads(BEFORE.read_text()) if BEFORE.exists() else {}
    values: dict[str, int] = noted["values"] if noted.get("boot") == _boot_id() else {}
    return values


def _boot_id() -> str:
    return (SYSCTL / BOOT_ID).read_text().strip()


@contextmanager
def _locked() -> Iterator[None]:
    with BEFORE.with_name("sysctl.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
