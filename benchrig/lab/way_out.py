"""Whether machines reach what the box reaches: a firewall of the box may drop what it forwards."""

import os
import re
import shlex
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from benchrig.lab.definition import Lab, Machine
from benchrig.lab.inherit import apt_options
from benchrig.lab.shell import run
from benchrig.lab.sources import apt_sources

CONNECT_SECONDS = 3
PROBE = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), {seconds})"
DEFAULT_PORTS = {"http": 80, "https": 443}


def tell_no_way_out(lab: Lab, suite: str, tell: Callable[[str], None]) -> None:
    """Warn where a machine can not connect to the package mirror, or its proxy, and the box can.

    A box without a network is no mistake, and neither is what can not be asked.
    """
    mirror = mirror_address(suite)
    machine = lab.machines[0]
    if mirror is None or _machine_reaches(lab, machine, *mirror) is not False:
        return
    # Asked again after the box: what was out of reach for a moment only is none of the firewall's.
    if _box_reaches(*mirror) and _machine_reaches(lab, machine, *mirror) is False:
        tell(
            f"{machine.name} can not connect to {mirror[0]} port {mirror[1]}, and this box can: a "
            f"firewall here seems to drop what it forwards; let packets of {lab.bridge} pass"
        )


def mirror_address(suite: str) -> tuple[str, int] | None:
    """Host and port that apt of the machines connects to first; None where that is not known."""
    proxy = re.search(r'^Acquire::https?::Proxy "(http[^"]+)"', apt_options(), re.M | re.I)
    urls = [proxy[1] if proxy else os.environ.get("http_proxy", "")]
    for text in apt_sources(suite).values():
        lines = [line for line in text.splitlines() if not line.startswith("#")]
        urls += re.findall(r"\bhttps?://\S+", "\n".join(lines))
    for parts in map(urlsplit, urls):
        if parts.hostname and parts.scheme in DEFAULT_PORTS:
            on_box = parts.hostname == "localhost" or parts.hostname.startswith("127.")
            port = parts.port or DEFAULT_PORTS[parts.scheme]
            return None if on_box else (parts.hostname, port)
    return None


def _box_reaches(host: str, port: int) -> bool:
    with socket.socket() as connection:  # IPv4: the machines have no other
        connection.settimeout(CONNECT_SECONDS)
        try:
            connection.connect((host, port))
        except OSError:
            return False
        return True


def _machine_reaches(lab: Lab, machine: Machine, host: str, port: int) -> bool | None:
    """None where the machine could not be asked."""
    probe = ["python3", "-c", PROBE.format(seconds=CONNECT_SECONDS), host, str(port)]
    command = f"timeout {CONNECT_SECONDS + 2} {shlex.join(probe)} 2> /dev/null; echo $?"
    argv = ["ssh", "-i", str(lab.ssh_dir / "id_ed25519"), "-oBatchMode=yes", "-oConnectTimeout=5"]
    argv += [f"-oUserKnownHostsFile={lab.ssh_dir}/known_hosts", "-oStrictHostKeyChecking=yes"]
    said = run([*argv, f"root@{machine.address}", command], check=False).stdout.strip()
    return said == "0" if said else None
