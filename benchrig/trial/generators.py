"""The load generator hosts: what they can carry, asked before a run, and what they can not."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchrig.drivers.base import LoadRequest, Tool
from benchrig.drivers.catalogue import find_driver
from benchrig.errors import BenchrigError

SPARE_FILES = 64  # what a driver has open beside its connections


@dataclass(frozen=True)
class Generator:
    """One load generator host.

    Attributes:
        cpus: CPUs that its drivers may use.
        ports: local ports for connections to one address and port.
        open_files: file descriptors that a driver may have.
        tools: driver to its tool there.
    """

    cpu_model: str
    cpus: int
    ports: int
    open_files: int
    tools: dict[str, Tool]


def default_threads(driver: str, connections: int, generators: Mapping[str, Generator]) -> int:
    """As many threads per host as it has CPUs and as share its connections evenly."""
    fewest = min(generator.cpus for generator in generators.values())
    return threads_for(driver, connections, len(generators), fewest)


def threads_for(driver: str, connections: int, hosts: int, cpus: int) -> int:
    """The same for so many hosts with so many CPUs each; 1 for a driver that has one thread."""
    if not find_driver(driver).abilities.threads:
        return 1
    shares = set(shared_out(connections, hosts))
    for threads in range(cpus, 1, -1):
        if all(share % threads == 0 and share >= threads for share in shares):
            return threads
    return 1


def shared_out(total: int, count: int) -> list[int]:
    """A whole number in parts that differ by one at most."""
    return [total // count + (index < total % count) for index in range(count)]


def refuse_what_the_hosts_can_not(
    generators: Mapping[str, Generator], shares: Mapping[str, LoadRequest]
) -> None:
    """Check each host's share of the load against its limits, before any of it is sent.

    Raises:
        BenchrigError: everything that can not be carried, with the number that can.
    """
    said = []
    for name, share in shares.items():
        host, wanted = generators[name], share.connections
        if share.threads > wanted:
            said.append(f"{name}: {share.threads} threads for {wanted} connections")
        if wanted > host.ports:
            said.append(
                f"{name}: {wanted} connections to one address, but {host.ports} local ports "
                "(net.ipv4.ip_local_port_range)"
            )
        if wanted > host.open_files - SPARE_FILES:
            said.append(
                f"{name}: {wanted} connections, but a driver may have {host.open_files} files open"
            )
    if said:
        raise BenchrigError(
            "; ".join(said),
            where="--connections",
            way_out="ask for fewer, or put more hosts into the group 'load_generators'",
        )
