"""``fab lab.up``, ``lab.down`` and ``lab.status``: the same as the playbooks."""

import os
import socket
import subprocess

from benchrig.commands import context
from benchrig.inventory import ansible_environment
from benchrig.report.terminal import simple_table


def play(playbook: str) -> int:
    """Run one of the project's playbooks and pass its exit code on."""
    chosen = os.environ.get("BENCHRIG_INVENTORY", "")
    argv = ["ansible-playbook", f"playbooks/{playbook}", *(["-i", chosen] if chosen else [])]
    quiet = subprocess.DEVNULL  # Ansible refuses a stdin that somebody left non-blocking
    done = subprocess.run(
        argv, stdin=quiet, cwd=context.PROJECT, env=ansible_environment(), check=False
    )
    return done.returncode


def status() -> int:
    """Say of each host whether SSH answers; the exit code is 1 when one does not."""
    console = context.make_console()
    hosts = context.inventory().hosts.values()
    answers = {host.name: _answers(host.ssh_host, host.port) for host in hosts}
    rows = [
        [h.name, h.ssh_host, ", ".join(h.groups), "up" if answers[h.name] else "does not answer"]
        for h in hosts
    ]
    console.print(simple_table(["host", "address", "groups", "SSH"], rows))
    return 0 if all(answers.values()) else 1


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
