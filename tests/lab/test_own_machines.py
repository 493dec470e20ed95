"""The same rig on machines that no playbook of ours booted: plain SSH, a user with sudo."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.lab import manager
from benchrig.lab.definition import Lab, Machine, build_lab
from tests.lab.rig import PROJECT, LabRig
from tests.lab.test_site import recap

PREFIX = "198.18.83."
HOSTS = {"loadgen": 11, "app": 12, "db": 13, "proxy": 14, "monitor": 15}
ADD_USER = """set -e
useradd --create-home --shell /bin/bash rigadmin
echo 'rigadmin ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/rigadmin
install -d -o rigadmin -g rigadmin -m 700 /home/rigadmin/.ssh
install -o rigadmin -g rigadmin -m 600 /root/.ssh/authorized_keys /home/rigadmin/.ssh/
rm /root/.ssh/authorized_keys
"""


def own_machines() -> Lab:
    """Five machines as somebody might have them."""
    machines = [Machine(name, f"{PREFIX}{number}") for name, number in HOSTS.items()]
    return build_lab("brown", "br-brown", f"{PREFIX}0/24", machines)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[LabRig]:
    """inventory/example with its five addresses and the user filled in."""
    lab = own_machines()
    manager.down(lab)
    try:
        manager.up(lab, "")
        rig = LabRig(tmp_path / "mine", tmp_path / "results", lab.name, PREFIX)
        for host in HOSTS:
            rig.on(host, ADD_USER)
        fill_in(rig, lab)
        yield rig
    finally:
        manager.down(lab)


def fill_in(rig: LabRig, lab: Lab) -> None:
    """Do what inventory/example tells its reader to do."""
    text = (PROJECT / "inventory/example/hosts.yml").read_text()
    variables = rig.inventory / "group_vars"
    variables.mkdir(parents=True)
    (rig.inventory / "hosts.yml").write_text(text.replace("192.0.2.", PREFIX))
    keys = f"ansible_ssh_private_key_file: {lab.ssh_dir}/id_ed25519\n"
    known = f"ansible_ssh_common_args: -o UserKnownHostsFile={lab.ssh_dir}/known_hosts\n"
    (variables / "all.yml").write_text(f"ansible_user: rigadmin\n{keys}{known}")


def test_site_and_bench_work_on_somebodys_own_machines(rig: LabRig) -> None:
    counts = recap(rig.playbook("site.yml", "--check", "--diff").stdout)
    assert all(c["failed"] == 0 for c in counts.values()), "a check of bare hosts"
    rig.playbook("site.yml")
    counts = recap(rig.playbook("site.yml").stdout)
    assert {host: c["changed"] for host, c in counts.items() if c["changed"]} == {}
    arguments = ["--variant", "quart-uvloop", "--workload", "brands", "--duration", "2s"]
    shown = rig.fab("bench", *arguments, "--warmup", "1s").stdout
    assert "  invalid" not in shown
    assert "The lab's hosts share one machine" not in shown


def test_a_host_key_that_changed_is_refused(rig: LabRig, tmp_path: Path) -> None:
    known = tmp_path / "known_hosts"
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    known.write_text("".join(f"{PREFIX}{number} {key}\n" for number in HOSTS.values()))
    variables = rig.inventory / "group_vars/all.yml"
    text = variables.read_text().replace(str(own_machines().ssh_dir / "known_hosts"), str(known))
    variables.write_text(text)
    done = replace(rig).fab("bench", "--variant", "quart", check=False)
    assert done.returncode == 2
    assert "no SSH to rigadmin@" in done.stderr
