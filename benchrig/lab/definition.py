"""What a lab is made of, as plain values, and where its files live on the box."""

import ipaddress
import os
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchrig.errors import BenchrigError

STATE_ROOT = Path("/var/lib/benchrig")
IMAGES = STATE_ROOT / "images"
INTERFACE_NAME_MAX = 15  # IFNAMSIZ - 1: the kernel refuses longer names
# Joined they name a machine, and systemd-nspawn wants a host name of at most 64 characters there.
LAB_NAME = r"[A-Za-z][A-Za-z0-9]{0,31}"
HOST_NAME = r"[A-Za-z0-9]([A-Za-z0-9-]{0,29}[A-Za-z0-9])?"


@dataclass(frozen=True)
class Machine:
    """One machine of the lab; ``cpus`` empty means all CPUs of the box."""

    name: str
    address: str
    cpus: tuple[int, ...] = ()


@dataclass(frozen=True)
class Lab:
    """One lab: several can live side by side when name, bridge and network differ."""

    name: str
    bridge: str
    network: ipaddress.IPv4Network
    machines: tuple[Machine, ...]

    @property
    def root(self) -> Path:
        """Everything this lab keeps on disk."""
        return STATE_ROOT / "labs" / self.name

    @property
    def ssh_dir(self) -> Path:
        """The lab's SSH key pair, the machines' host keys and known_hosts."""
        return self.root / "ssh"

    @property
    def gateway(self) -> str:
        """The bridge's address on the box."""
        return str(self.network[1])

    @property
    def outer_address(self) -> str:
        """Address of the outer machine, where one is needed."""
        return str(self.network[2])

    @property
    def outer_name(self) -> str:
        """Name of the outer machine, and of everything on the box that belongs to this lab."""
        return f"benchrig-{self.name}"

    def unit(self, machine: str) -> str:
        """The systemd unit that keeps one machine running."""
        return f"benchrig-lab-{self.name}@{machine}.service"


def build_lab(name: str, bridge: str, network: str, machines: list[Machine]) -> Lab:
    """A checked lab from the inventory's values.

    Args:
        name: letters and digits, part of unit, machine and directory names.
        bridge: name of the bridge on the box, at most 15 characters.
        network: IPv4 network in CIDR form.
        machines: what to boot.

    Raises:
        BenchrigError: values that can not work, all mistakes in one text.
    """
    mistakes = []
    if not re.fullmatch(LAB_NAME, name):
        mistakes.append(f"lab_name '{name}' is not a plain word of letters and digits")
    if not 0 < len(bridge) <= INTERFACE_NAME_MAX:
        mistakes.append(f"lab_bridge '{bridge}' is not 1 to {INTERFACE_NAME_MAX} characters long")
    try:
        net = ipaddress.IPv4Network(network)
    except ValueError as error:
        mistakes.append(f"lab_network '{network}': {error}")
    else:
        mistakes += _address_mistakes(net, machines)
    if mistakes:
        raise BenchrigError(
            "; ".join(mistakes),
            where="inventory, group lab",
            way_out="see inventory/lab for values that work",
        )
    return Lab(name, bridge, net, tuple(sorted(machines, key=lambda m: m.name)))


def _address_mistakes(net: ipaddress.IPv4Network, machines: list[Machine]) -> list[str]:
    mistakes = [
        f"{m.name}: not a host name of letters, digits and -, at most 31 of them"
        for m in machines
        if not re.fullmatch(HOST_NAME, m.name)
    ]
    reserved = {str(net[i]) for i in (0, 1, 2, -1) if abs(i) < net.num_addresses}
    for m in machines:
        if not _is_address(m.address):
            mistakes.append(f"{m.name}: ansible_host is '{m.address}', not an IPv4 address")
        elif ipaddress.IPv4Address(m.address) not in net:
            mistakes.append(f"{m.name}: address {m.address} is not in lab_network {net}")
        elif m.address in reserved:
            mistakes.append(f"{m.name}: address {m.address} is kept for the lab's own bridge")
    addresses = [m.address for m in machines]
    twice = sorted({a for a in addresses if addresses.count(a) > 1})
    return mistakes + [f"address {a} is given to two machines" for a in twice]


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def box_cpus() -> list[int]:
    """CPUs that the box may use: those of its init, which a container's limits hold for as well.

    Not the caller's: a shell that was pinned would make other machines than one that was not.
    """
    return sorted(os.sched_getaffinity(1))


def share_cpus(
    available: list[int],
    machines: Iterable[str],
    app_servers: Container[str],
    load_generators: Container[str],
) -> dict[str, tuple[int, ...]]:
    """CPUs per machine, so that load generators and app servers never share one.

    App servers get the upper half of the box, load generators half of the rest, the others what
    then remains; with two CPUs all but the app servers share one. With a single CPU nothing can be
    kept apart: every machine gets an empty tuple, which means all CPUs.
    """
    if len(available) == 1:
        return dict.fromkeys(machines, ())
    half = len(available) // 2
    rest, app = tuple(available[:-half]), tuple(available[-half:])
    split = max(1, len(rest) // 2)
    load, others = rest[:split], rest[split:] or rest
    return {
        name: app if name in app_servers else load if name in load_generators else others
        for name in machines
    }
