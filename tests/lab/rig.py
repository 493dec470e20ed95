"""A lab of the tests' own: names, bridge and subnet that no other lab has."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
SHIPPED_NETWORK = "198.18.77."


@dataclass(frozen=True)
class LabRig:
    """An inventory outside the tree, and commands that use it."""

    inventory: Path
    results: Path
    name: str
    prefix: str

    @property
    def environment(self) -> dict[str, str]:
        """What a person's shell would have set."""
        return {
            **os.environ,
            "ANSIBLE_INVENTORY": str(self.inventory),
            "BENCHRIG_INVENTORY": str(self.inventory),
            "BENCHRIG_RESULTS": str(self.results),
            "ANSIBLE_NOCOLOR": "1",
        }

    def run(self, *argv: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command in the project; what it printed is shown when it fails."""
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,  # a killed ssh would leave ours non-blocking
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{argv} exited {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def start_fab(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a task and leave it running."""
        return subprocess.Popen(
            ["fab", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=PROJECT,
            env=self.environment,
            text=True,
        )

    def fab(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a task."""
        return self.run("fab", *arguments, check=check)

    def playbook(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a playbook."""
        return self.run("ansible-playbook", *arguments, check=check)

    def ssh_argv(self, host: str, *argv: str) -> list[str]:
        """The command line that runs something on a host as root."""
        keys = Path("/var/lib/benchrig/labs") / self.name / "ssh"
        options = [f"-oUserKnownHostsFile={keys}/known_hosts", "-oLogLevel=ERROR"]
        return [
            "ssh",
            "-i",
            str(keys / "id_ed25519"),
            *options,
            f"root@{self.address(host)}",
            *argv,
        ]

    def on(self, host: str, command: str, check: bool = True) -> str:
        """Run a shell command on a host and return what it printed."""
        return self.run(*self.ssh_argv(host, command), check=check).stdout

    def address(self, host: str) -> str:
        """A host's address, as the shipped lab numbers them."""
        numbers = {"loadgen": 11, "app": 12, "db": 13, "proxy": 14, "monitor": 15}
        return f"{self.prefix}{numbers[host]}"


def make_lab(folder: Path, name: str, prefix: str) -> LabRig:
    """Copy the shipped lab inventory under another name, bridge and subnet."""
    inventory = folder / name
    shutil.copytree(PROJECT / "inventory" / "lab", inventory, ignore=shutil.ignore_patterns(".*"))
    for path in inventory.rglob("*.yml"):
        text = path.read_text().replace(SHIPPED_NETWORK, prefix)
        text = text.replace("lab_name: benchrig", f"lab_name: {name}")
        path.write_text(text.replace("br-benchrig", f"br-{name}"))
    return LabRig(inventory, folder / f"{name}-results", name, prefix)
