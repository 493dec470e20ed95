"""The systemd that runs a lab's machines: the box's own, or the outer machine's."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from benchrig.errors import BenchrigError
from benchrig.lab.definition import STATE_ROOT, Lab, box_cpus
from benchrig.lab.overlay import mount_overlay, prepare_outer, unmount_below
from benchrig.lab.shell import run

UNIFIED = {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
MARK = "BENCHRIG_LAB"
POWER_OFF = signal.SIGRTMIN + 4  # systemd(1): starts poweroff.target
START_SECONDS = 60.0
STOP_SECONDS = 15.0
TAIL_LINES = 8

UNIT = """[Unit]
Description=benchrig lab {lab}: machine %i
# In the outer machine networkd makes the bridge, and nspawn fails while there is none. From
# systemd 257 on networkd is ready before the bridge is, so that it is waited for as well.
After=systemd-networkd.service
[Service]
Type=notify
Environment=SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
ExecStartPre=/bin/sh -c 'until test -e /sys/class/net/{bridge}; do sleep 0.02; done'
ExecStartPre=-/bin/umount --lazy {root}/hosts/%i/root
ExecStartPre=/bin/mount -t overlay benchrig-%i -o \\
  lowerdir={image},upperdir={root}/hosts/%i/upper,workdir={root}/hosts/%i/work \\
  {root}/hosts/%i/root
ExecStart=/usr/bin/systemd-nspawn --quiet --keep-unit --boot --machine={lab}-%i --hostname=%i \\
  --network-bridge={bridge} --resolv-conf=off --link-journal=no --directory={root}/hosts/%i/root
ExecStopPost=-/bin/umount --lazy {root}/hosts/%i/root
KillMode=mixed
Delegate=yes
Slice=machine.slice
TasksMax=16384
TimeoutStopSec=10
"""


def box_has_systemd() -> bool:
    """Whether PID 1 of the box is systemd (sd_booted(3))."""
    return Path("/run/systemd/system").is_dir() and Path("/proc/1/comm").read_text() == "systemd\n"


def unit_files(lab: Lab, image: Path, bridge: str) -> dict[str, str]:
    """Unit file name to text."""
    template = f"benchrig-lab-{lab.name}@.service"
    return {template: UNIT.format(lab=lab.name, root=lab.root, image=image, bridge=bridge)}


class BoxSystemd:
    """The machines are units of the box's own systemd, gone after a reboot."""

    directory = Path("/run/systemd/system")

    def start(self, lab: Lab, image: Path) -> bool:
        """Start what is not running; tells whether anything was."""
        if not _not_active(lab, []):
            return False
        for name, text in unit_files(lab, image, lab.bridge).items():
            path = self.directory / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        run(["systemctl", "daemon-reload"])
        return start_machines(lab, [])

    def stop(self, lab: Lab) -> None:
        """Stop the machines, also those the inventory has no longer, and forget their units."""
        run(["systemctl", "stop", lab.unit("*")], check=False)
        for path in self.directory.glob(f"benchrig-lab-{lab.name}@*"):
            run(["rm", "-rf", str(path)])
        run(["systemctl", "daemon-reload"])


class OuterSystemd:
    """The machines are units of one outer machine, which brings the systemd the box lacks.

    Launched flat, machines would share one cgroup and each systemd would kill the others'
    processes; the outer one gives each a cgroup of its own.
    """

    def start(self, lab: Lab, image: Path) -> bool:
        """Boot the outer machine and the others with it; where it runs, start what does not."""
        to_systemd = reach(lab)
        if to_systemd is not None:
            return start_machines(lab, to_systemd)
        unmount_below(lab.root)
        prepare_outer(lab, unit_files(lab, image, "br0"))
        _launch(lab, mount_overlay(image, lab.root / "outer"))
        deadline = time.monotonic() + START_SECONDS
        while not leaders(lab):
            if time.monotonic() > deadline:
                raise BenchrigError(
                    f"the outer machine did not boot:\n{_outer_log(lab)}", where=f"lab {lab.name}"
                )
            time.sleep(0.02)
        return True

    def stop(self, lab: Lab) -> None:
        """Power the outer machine off; what does not go in time is killed with all it runs."""
        for pid in leaders(lab):
            os.kill(pid, POWER_OFF)
        deadline = time.monotonic() + STOP_SECONDS
        while leaders(lab) and time.monotonic() < deadline:
            time.sleep(0.02)
        for pid in leaders(lab):
            os.kill(pid, signal.SIGKILL)
        _remove_own_cgroup(lab)


def reach(lab: Lab) -> list[str] | None:
    """What comes before a command that talks to the machines' systemd; None when none runs."""
    if box_has_systemd():
        return []
    pids = leaders(lab)
    return ["nsenter", f"--target={pids[0]}", "--all", "--"] if pids else None


def start_machines(lab: Lab, to_systemd: Sequence[str]) -> bool:
    """Start the machines that do not run; tells whether there was one.

    One that fails is no error here: who waits for the machines tells it, and shows why.
    """
    units = _not_active(lab, to_systemd)
    if units:
        run([*to_systemd, "systemctl", "reset-failed", *units], check=False)
        run([*to_systemd, "systemctl", "start", *units], check=False)
    return bool(units)


def failed_machines(lab: Lab) -> list[str]:
    """Names of the machines whose units failed; all when the outer machine is gone."""
    to_systemd = reach(lab)
    names = [m.name for m in lab.machines]
    if to_systemd is None:
        return names
    states = _states(lab, to_systemd)
    return [name for name in names if states.get(lab.unit(name)) == "failed"]


def last_words(lab: Lab, machine: str) -> str:
    """State of a machine's unit and the last lines of its journal, which is the console."""
    to_systemd = reach(lab)
    if to_systemd is None:
        return f"the outer machine is gone, its last lines:\n{_outer_log(lab)}"
    unit = lab.unit(machine)
    state = _states(lab, to_systemd).get(unit, "unknown: systemd does not answer")
    argv = [*to_systemd, "journalctl", f"--unit={unit}", "--boot", f"--lines={TAIL_LINES}"]
    tail = run([*argv, "--output=cat", "--quiet", "--no-pager"], check=False).stdout.rstrip()
    return f"{unit} is {state}, its last lines:\n{tail}"


def _outer_log(lab: Lab) -> str:
    lines = (lab.root / "outer.log").read_text(errors="replace").splitlines()
    return "\n".join(lines[-TAIL_LINES:])


def _states(lab: Lab, to_systemd: Sequence[str]) -> dict[str, str]:
    """Unit to its state; empty while systemd does not answer yet."""
    units = [lab.unit(m.name) for m in lab.machines]
    states = run([*to_systemd, "systemctl", "is-active", *units], check=False).stdout.split()
    return dict(zip(units, states, strict=True)) if len(states) == len(units) else {}


def _not_active(lab: Lab, to_systemd: Sequence[str]) -> list[str]:
    states = _states(lab, to_systemd)
    units = [lab.unit(m.name) for m in lab.machines]
    return [unit for unit in units if states.get(unit) != "active"]


def _launch(lab: Lab, root: Path) -> None:
    # setsid --fork: the machine outlives this process, and init reaps what launched it.
    argv = ["setsid", "--fork", "systemd-nspawn", "--quiet", f"--directory={root}", "--boot"]
    argv += ["--register=no", "--keep-unit", f"--network-bridge={lab.bridge}"]
    argv += [f"--machine={lab.outer_name}", "--resolv-conf=off", "--link-journal=no"]
    argv += ["--capability=all", f"--bind={STATE_ROOT}", f"--setenv={MARK}={lab.name}"]
    with (lab.root / "outer.log").open("wb") as log:
        subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=dict(os.environ) | UNIFIED,
            check=True,
            preexec_fn=lambda: _leave_the_caller(lab),
        )


def leaders(lab: Lab) -> list[int]:
    """PIDs on the box of the outer machine's init, found by the mark in its environment.

    Killing the launcher leaves the payload running, so its PID is of no use here.
    """
    mark = f"{MARK}={lab.name}\0".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if mark in (entry / "environ").read_bytes() and _is_init(entry):
                found.append(int(entry.name))
        except OSError:  # gone meanwhile, or not ours to read: not a payload of this lab
            continue
    return found


def _is_init(entry: Path) -> bool:
    status = (entry / "status").read_text()
    ids = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()[1:]
    return len(ids) > 1 and ids[-1] == "1"


def _cgroups(lab: Lab) -> list[Path]:
    base = Path("/sys/fs/cgroup")
    roots = [base] if (base / "cgroup.procs").exists() else [base / "systemd", base / "unified"]
    return [root / lab.outer_name for root in roots if root.is_dir()]


def _leave_the_caller(lab: Lab) -> None:
    """A cgroup of its own, and the box's CPUs where the calling shell was pinned to fewer."""
    for cgroup in _cgroups(lab):
        cgroup.mkdir(exist_ok=True)
        (cgroup / "cgroup.procs").write_text(str(os.getpid()))
    os.sched_setaffinity(0, box_cpus())


def _remove_own_cgroup(lab: Lab) -> None:
    """Wait for the launcher and whatever else was left in the cgroup to go, then remove it."""
    cgroups = [c for c in _cgroups(lab) if c.is_dir()]
    deadline = time.monotonic() + STOP_SECONDS
    while cgroups and time.monotonic() < deadline:
        cgroups = [c for c in cgroups if not _removed(c)]
        time.sleep(0.02)


def _removed(cgroup: Path) -> bool:
    try:
        for directory, _, _ in os.walk(cgroup, topdown=False):
            Path(directory).rmdir()
    except OSError:  # a process is still inside
        return False
    return True
