"""The fingerprint of a rig: what each host and the control node were when a run began."""

import hashlib
import platform
import subprocess
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import benchrig
from benchrig.remote.rig import Rig
from benchrig.remote.session import Session

PACKAGES = (
    "apache2-utils", "hey", "libc6", "linux-image-*", "nghttp2-client", "nginx*", "openssl",
    "postgresql-[0-9]*", "prometheus*", "python3", "systemd",
)  # fmt: skip
UNITS = ("benchrig-*.service", "nginx.service", "postgresql@*.service", "prometheus*.service")
CONTROL_PACKAGES = ("ansible", "ansible-core", "fabric", "paramiko", "pydantic", "scipy")


@dataclass(frozen=True)
class HostEnvironment:
    """One host.

    Attributes:
        groups: what it does in the rig.
        clock_offset_seconds: its clock minus the control node's.
        price_per_hour: as the inventory tells it, in whatever currency; 0 where it does not.
        cpus: those its processes may use; ``cpus_total`` those the machine shows.
        governor, turbo, smt: empty where the kernel does not tell, as in most virtual machines.
        mitigations: vulnerability of the processor to what the kernel does about it.
        packages: Debian package to version.
        units: systemd service to its command line.
    """

    hostname: str
    groups: tuple[str, ...]
    clock_offset_seconds: float
    price_per_hour: float
    os: str
    kernel: str
    architecture: str
    virtualization: str
    cpu_model: str
    cpus: int
    cpus_total: int
    memory_bytes: int
    governor: str
    turbo: str
    smt: str
    clocksource: str
    huge_pages: str
    mitigations: dict[str, str] = field(default_factory=dict)
    sysctls: dict[str, str] = field(default_factory=dict)
    interfaces: dict[str, str] = field(default_factory=dict)
    python: str = ""
    packages: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ControlEnvironment:
    """The control node and the project as it was checked out there.

    Attributes:
        commit: empty where the project is no git checkout.
        changes_sha256: of ``git diff HEAD``; empty when nothing was changed.
        locks: lock file to its SHA-256.
    """

    benchrig: str
    python: str
    commit: str
    changes_sha256: str
    packages: dict[str, str] = field(default_factory=dict)
    locks: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Environment:
    """Everything that could move a figure and is not in a trial's plan."""

    hosts: dict[str, HostEnvironment]
    control: ControlEnvironment


HOST = TypeAdapter(HostEnvironment)


def gather(rig: Rig, project: Path) -> Environment:
    """Ask every host at once, over the sessions that are open anyway.

    Raises:
        BenchrigError: a host is gone.
    """
    message = {"ask": "environment", "packages": PACKAGES, "units": UNITS}
    answers = rig.ask_all(lambda session: _named(session, message))
    hosts = {name: _host(rig, name, told) for name, told in answers.items()}
    return Environment(hosts, control(project))


def control(project: Path) -> ControlEnvironment:
    """The control node's own part."""
    changes = _git(project, "diff", "HEAD")
    locks = sorted([*project.glob("requirements/*.txt"), *project.glob("apps/*/requirements.txt")])
    return ControlEnvironment(
        benchrig=benchrig.__version__,
        python=platform.python_version(),
        commit=_git(project, "rev-parse", "HEAD").strip(),
        changes_sha256=hashlib.sha256(changes.encode()).hexdigest() if changes else "",
        packages={name: version(name) for name in CONTROL_PACKAGES},
        locks={
            str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in locks
        },
    )


def _named(session: Session, message: dict[str, Any]) -> dict[str, Any]:
    return session.ask(message)


def _host(rig: Rig, name: str, told: dict[str, Any]) -> HostEnvironment:
    host = rig.inventory.hosts[name]
    own = {
        "groups": host.groups,
        "clock_offset_seconds": rig.clock_offsets[name],
        "price_per_hour": host.price_per_hour,
    }
    return HOST.validate_python(told | own)


def _git(project: Path, *arguments: str) -> str:
    argv = ["git", "-C", str(project), *arguments]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""  # no git here: the record says so by an empty commit
    return done.stdout
