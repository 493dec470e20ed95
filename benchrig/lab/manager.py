"""Up, down and status of one lab, each safe to repeat and safe after a kill."""

import fcntl
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from benchrig.errors import BenchrigError
from benchrig.lab import image
from benchrig.lab.definition import STATE_ROOT, Lab, Machine
from benchrig.lab.kernel import raise_settings, restore_settings
from benchrig.lab.keys import ensure_keys
from benchrig.lab.network import bridge_is_up, ensure_network, remove_network
from benchrig.lab.overlay import overlay_dir, prepare_machine, unmount_below
from benchrig.lab.refresh import refresh
from benchrig.lab.systemd import (
    BoxSystemd,
    OuterSystemd,
    box_has_systemd,
    failed_machines,
    last_words,
)
from benchrig.lab.way_out import tell_no_way_out

READY_SECONDS = 120.0  # a slow box needs it; a machine that failed is told at the next look
LOOK_SECONDS = 2.0
WAY_OUT = "give benchrig hosts of your own: copy inventory/example and fill in five addresses"


@dataclass(frozen=True)
class MachineStatus:
    """What one machine answers: ``ready`` when its SSH banner came."""

    name: str
    address: str
    ready: bool


def require_box_that_can() -> None:
    """Raise where a lab can not work, with what to do instead."""
    require_root()
    STATE_ROOT.mkdir(parents=True, exist_ok=True)
    # The machines' file systems stand below: their modes are meant for users of the machines.
    STATE_ROOT.chmod(0o700)
    if _filesystem(STATE_ROOT) == "overlay":
        raise BenchrigError(
            f"{STATE_ROOT} is itself on an overlay, which can not carry another",
            way_out=f"mount a real file system there, or {WAY_OUT}",
        )


def require_root() -> None:
    """Raise where nothing of a lab can even be looked at."""
    if sys.platform != "linux":
        raise BenchrigError(f"the lab needs Linux, this is {sys.platform}", way_out=WAY_OUT)
    if os.geteuid() != 0:
        raise BenchrigError(
            "the lab boots machines, which needs root", way_out=f"run as root, or {WAY_OUT}"
        )


def up(lab: Lab, suite: str, tell: Callable[[str], None] = lambda _: None) -> bool:
    """Bring the lab up, machines reachable by SSH; whether anything had to change.

    Machines that were made by other values are made anew: ``tell`` is then told which differ, and
    where the box's firewall keeps them from the package mirror.
    """
    require_box_that_can()
    release = suite or image.default_suite()
    with image.held_image(release) as (path, built), _locked(lab):
        definition = _definition(lab, path)
        if _stored(lab) != definition:
            if _stored(lab):
                tell(_made_anew(_stored(lab), definition))
            _discard(lab)
        ensure_keys(lab)
        raise_settings(lab)
        changed = ensure_network(lab)
        if changed:  # what still runs hangs on a bridge that is gone
            _stop(lab)
        for machine in lab.machines:
            if not overlay_dir(lab, machine.name).exists():
                prepare_machine(lab, machine)
        _marker(lab).write_text(definition)
        if built:
            image.remove_unused()
        changed |= _systemd().start(lab, path)
        _wait_ready(lab)
        changed |= bool(refresh(lab))
        if changed:
            tell_no_way_out(lab, release, tell)
    return changed or built


def would_change(lab: Lab, suite: str, tell: Callable[[str], None] = lambda _: None) -> bool:
    """Whether `up` would change a lab whose machines answer; ``tell`` is told what is made anew."""
    require_root()
    stored = _stored(lab)
    definition = _definition(lab, image.image_path(suite or image.default_suite()))
    if stored == definition:
        return bool(refresh(lab, write=False))
    if stored:
        tell(_made_anew(stored, definition))
    return True


def down(lab: Lab) -> bool:
    """Stop the lab and delete its machines; tells whether there was anything to delete."""
    require_box_that_can()
    with _locked(lab):
        there = exists(lab)
        _stop(lab)
        remove_network(_as_booted(lab))
        restore_settings(lab)
        _delete_machines(lab)
        shutil.rmtree(lab.root, ignore_errors=True)
    return there


def exists(lab: Lab) -> bool:
    """Whether anything of the lab is there to delete."""
    require_root()
    return (lab.root / "hosts").exists() or bridge_is_up(_as_booted(lab))


def status(lab: Lab) -> list[MachineStatus]:
    """Which machines answer on SSH right now."""
    up_now = bridge_is_up(lab)
    return [MachineStatus(m.name, m.address, up_now and _answers(m.address)) for m in lab.machines]


def _systemd() -> BoxSystemd | OuterSystemd:
    return BoxSystemd() if box_has_systemd() else OuterSystemd()


def _stop(lab: Lab) -> None:
    _systemd().stop(lab)
    unmount_below(lab.root)


def _definition(lab: Lab, path: Path) -> str:
    machines = {m.name: [m.address, list(m.cpus)] for m in lab.machines}
    values = {"image": str(path), "bridge": lab.bridge, "network": str(lab.network)}
    return json.dumps(values | {"machines": machines}, indent=1)


def _made_anew(stored: str, definition: str) -> str:
    before, now = json.loads(stored), json.loads(definition)
    names = ", ".join(key for key in now if before.get(key) != now[key])
    return (
        "`up` makes the lab's machines anew, since this is not what they were made with: "
        f"{names} (the image goes by this box's package sources, apt's proxies and certificates)"
    )


def _marker(lab: Lab) -> Path:
    """Stands for whole machines: written when all are made, gone before the first is deleted."""
    return lab.root / "lab.json"


def _discard(lab: Lab) -> None:
    """Take away a lab that was made by other values, its former bridge with its addresses too."""
    _stop(lab)
    if _stored(lab):
        remove_network(_as_booted(lab))
    _delete_machines(lab)


def _as_booted(lab: Lab) -> Lab:
    """The lab with the bridge it was booted with: the inventory may have another by now."""
    stored = _stored(lab)
    return replace(lab, bridge=json.loads(stored)["bridge"]) if stored else lab


def _delete_machines(lab: Lab) -> None:
    _marker(lab).unlink(missing_ok=True)
    hosts = lab.root / "hosts"
    try:
        if hosts.exists():
            shutil.rmtree(hosts)
    except OSError as error:
        raise BenchrigError(
            f"the machines can not be deleted: {error}",
            where=str(hosts),
            way_out="end what uses that folder, then `fab lab.down` again",
        ) from error


def _stored(lab: Lab) -> str:
    return _marker(lab).read_text() if _marker(lab).exists() else ""


def _wait_ready(lab: Lab) -> None:
    begin = time.monotonic()
    look = begin + LOOK_SECONDS
    waiting = [m for m in lab.machines if not _answers(m.address)]
    while waiting:
        now = time.monotonic()
        if now > look:
            failed = failed_machines(lab)
            if failed or now - begin > READY_SECONDS:
                raise _not_ready(lab, [m for m in waiting if m.name in failed] or waiting)
            look = now + LOOK_SECONDS
        time.sleep(0.02)
        waiting = [m for m in waiting if not _answers(m.address)]


def _not_ready(lab: Lab, silent: list[Machine]) -> BenchrigError:
    names = ", ".join(f"{m.name} ({m.address})" for m in silent)
    shown = dict.fromkeys(last_words(lab, m.name) for m in silent)
    return BenchrigError(
        "\n".join([f"no SSH from {names}", *shown]),
        where=f"lab {lab.name}",
        way_out="`fab lab.up` starts what does not run; where that does not help, "
        "`fab lab.down` before it",
    )


def _answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=0.5) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


@contextmanager
def _locked(lab: Lab) -> Iterator[None]:
    lab.root.mkdir(parents=True, exist_ok=True)
    with (STATE_ROOT / f"{lab.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _filesystem(path: Path) -> str:
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    inside = [(len(m), kind) for m, kind in mounts if path.is_relative_to(m)]
    return max(inside)[1]
