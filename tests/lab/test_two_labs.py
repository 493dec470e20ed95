"""The lab itself: several side by side, safe to repeat, safe after a kill, gone when it is down."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchrig.lab.definition import Lab, build_lab
from benchrig.lab.systemd import leaders, reach
from tests.lab.rig import LabRig, make_lab


@pytest.fixture
def second(tmp_path: Path) -> Iterator[LabRig]:
    """A second lab beside the first, not yet booted."""
    lab = make_lab(tmp_path, "brtest2", "198.18.82.")
    lab.playbook("playbooks/lab-down.yml")
    yield lab
    lab.playbook("playbooks/lab-down.yml")


def definition(lab: LabRig) -> Lab:
    """The lab as the package knows it."""
    return build_lab(lab.name, f"br-{lab.name}", f"{lab.prefix}0/24", [])


def output(*argv: str) -> str:
    """What a command of the box prints."""
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout


def traces(lab: LabRig) -> list[str]:
    """Everything on the box that belongs to a lab."""
    found = [line for line in Path("/proc/mounts").read_text().splitlines() if lab.name in line]
    found += [
        line for line in output("ip", "-br", "link").splitlines() if f"br-{lab.name} " in line
    ]
    found += [t for t in output("nft", "list", "tables").splitlines() if t.endswith(f"_{lab.name}")]
    found += [str(p) for p in Path("/sys/fs/cgroup").glob(f"*/benchrig-{lab.name}")]
    found += [str(p) for p in Path("/var/lib/benchrig/labs").glob(lab.name)]
    return found + [str(pid) for pid in leaders(definition(lab))]


def test_two_labs_live_side_by_side(rig: LabRig, second: LabRig) -> None:
    second.fab("lab.up")
    assert rig.on("app", "hostname").strip() == second.on("app", "hostname").strip() == "app"
    assert second.on("app", "systemctl is-system-running --wait").strip() == "running"
    second.fab("lab.status")
    second.fab("lab.down")
    assert traces(second) == []
    assert second.fab("lab.status", check=False).returncode == 1
    rig.fab("lab.status")


def test_bringing_up_what_is_up_changes_nothing(rig: LabRig) -> None:
    before = rig.on("app", "cat /proc/sys/kernel/random/boot_id; uptime -s")
    assert "changed=0" in rig.fab("lab.up").stdout
    assert rig.on("app", "cat /proc/sys/kernel/random/boot_id; uptime -s") == before


def test_what_a_killed_lab_left_does_not_stop_the_next(second: LabRig) -> None:
    second.fab("lab.up")
    second.on("app", "touch /root/kept")
    for pid in leaders(definition(second)):
        subprocess.run(["kill", "-KILL", str(pid)], check=True)
    output("ip", "link", "delete", f"br-{second.name}")
    second.fab("lab.up")
    second.fab("lab.status")
    assert second.on("app", "ls /root").strip() == "kept"


def test_what_runs_no_longer_and_what_hangs_on_no_bridge_is_repaired(second: LabRig) -> None:
    lab = definition(second)
    second.fab("lab.up")
    stop = ["systemctl", "stop", lab.unit("db")]
    subprocess.run([*(reach(lab) or []), *stop], check=True, timeout=60)
    assert second.fab("lab.status", check=False).returncode == 1
    second.fab("lab.up")
    second.fab("lab.status")
    output("ip", "link", "delete", lab.bridge)
    second.fab("lab.up")
    second.fab("lab.status")


def test_machines_share_no_cpu_between_load_and_app(rig: LabRig) -> None:
    ask = "import os; print(sorted(os.sched_getaffinity(0)))"
    ask = f"systemd-run --quiet --pipe --collect python3 -c '{ask}'"
    loads, apps = rig.on("loadgen", ask).strip(), rig.on("app", ask).strip()
    assert loads != apps


def test_a_machine_of_another_address_is_made_anew(second: LabRig) -> None:
    second.fab("lab.up")
    second.on("monitor", "touch /root/old")
    hosts = second.inventory / "hosts.yml"
    hosts.write_text(hosts.read_text().replace(f"{second.prefix}15", f"{second.prefix}16"))
    second.fab("lab.up")
    second.fab("lab.status")
    argv = second.ssh_argv("monitor", "ls /root")
    argv = [part.replace(f"{second.prefix}15", f"{second.prefix}16") for part in argv]
    assert second.run(*argv).stdout == ""


def test_another_shell_makes_no_machines_anew(second: LabRig) -> None:
    second.fab("lab.up")
    second.on("app", "touch /root/kept")
    shell = ("env", "NO_PROXY=one.example", "taskset", "--cpu-list", "0")
    shown = second.run(*shell, "ansible-playbook", "playbooks/lab-up.yml", "--check").stdout
    assert "changed=1" in shown
    assert second.on("app", "echo $NO_PROXY").strip() != "one.example"
    second.run(*shell, "fab", "lab.up")
    assert second.on("app", "echo $NO_PROXY; ls /root").split() == ["one.example", "kept"]
    assert "changed=0" in second.run(*shell, "fab", "lab.up").stdout


def test_a_firewall_that_drops_what_it_forwards_is_told(second: LabRig) -> None:
    rules = "add table ip drops_brtest2; add chain ip drops_brtest2 forward "
    rules += "{ type filter hook forward priority 0; }; "
    rules += f'add rule ip drops_brtest2 forward iifname "br-{second.name}" drop'
    subprocess.run(["nft", rules], check=True)
    try:
        done = second.fab("lab.up")
    finally:
        subprocess.run(["nft", "delete table ip drops_brtest2"], check=True)
    assert f"let packets of br-{second.name} pass" in " ".join((done.stdout + done.stderr).split())


def test_a_lab_whose_bridge_was_renamed_leaves_nothing(second: LabRig) -> None:
    second.fab("lab.up")
    variables = second.inventory / "group_vars/all.yml"
    variables.write_text(variables.read_text().replace(f"br-{second.name}", "br-renamed"))
    second.fab("lab.down")
    assert traces(second) == []
