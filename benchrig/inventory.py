"""The hosts of the rig, from Ansible's inventory and nowhere else."""

import getopt
import hashlib
import ipaddress
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from benchrig.errors import BenchrigError

GROUPS = ("load_generators", "app_servers", "postgres", "nginx", "monitoring")
SINGLE = ("postgres", "nginx", "monitoring")
WAY_OUT = "inventory/example shows the shape"
# In the order in which Ansible puts them together: of several values ssh takes the first.
SSH_ARGUMENTS = ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args")
# As ssh(1) has them; a letter before a colon takes a word.
SSH_LETTERS = "46AaCfGgKkMNnqsTtVvXxYyB:b:c:D:E:e:F:I:i:J:L:l:m:O:o:P:p:Q:R:S:W:w:"
# What leads to a host by another one.
ROUTES = {"-J": "-J", "-W": "-W", "proxyjump": "ProxyJump", "proxycommand": "ProxyCommand"}


@dataclass(frozen=True)
class Host:
    """How to reach one host: ``address`` carries the load, ``ssh_host`` carries commands.

    ``price_per_hour`` is its ``rig_price_per_hour``, in whatever currency; 0 where it has none.
    """

    name: str
    address: str
    ssh_host: str
    groups: tuple[str, ...]
    port: int = 22
    user: str = "root"
    key_file: str = ""
    known_hosts: str = ""
    price_per_hour: float = 0.0


@dataclass(frozen=True)
class Inventory:
    """All hosts of the rig by name; ``lab`` names the lab when its machines are booted here."""

    path: str
    hosts: Mapping[str, Host]
    lab: str = ""

    def group(self, name: str) -> list[Host]:
        """Hosts of one group, in the inventory's order."""
        return [host for host in self.hosts.values() if name in host.groups]

    def one(self, name: str) -> Host:
        """The only host of a group."""
        return self.group(name)[0]

    @property
    def fingerprint(self) -> str:
        """Names the rig: its lab, and each host with its address and what it does."""
        told = [self.lab, *sorted(f"{h.name} {h.address} {h.groups}" for h in self.hosts.values())]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def inventory_mistakes(groups: Mapping[str, list[str]], addresses: Mapping[str, str]) -> list[str]:
    """Everything that keeps a rig from working, each as one sentence.

    Args:
        groups: group name to host names.
        addresses: host name to its address on the load's network; empty when it has none.
    """
    mistakes = [f"no host in the group '{g}'" for g in GROUPS if not groups.get(g)]
    for group in SINGLE:
        if len(groups.get(group, [])) > 1:
            named = ", ".join(groups[group])
            mistakes.append(f"the group '{group}' has several hosts ({named}): the rig uses one")
    hosts = sorted({h for g in GROUPS for h in groups.get(g, [])})
    for host in hosts:
        try:
            ipaddress.IPv4Address(addresses.get(host, ""))
        except ValueError:
            given = addresses.get(host) or "nothing"
            mistakes.append(
                f"{host}: ansible_host is {given}: exporters and servers bind to it, so give it "
                "(or rig_address) an IPv4 address"
            )
    return mistakes + _shared_addresses(hosts, addresses)


def _shared_addresses(hosts: list[str], addresses: Mapping[str, str]) -> list[str]:
    """One machine under two names would be set up twice, each time as the other is not."""
    named: dict[str, list[str]] = {}
    for host in hosts:
        named.setdefault(addresses.get(host, ""), []).append(host)
    return [
        f"{' and '.join(names)} have one address, {address}: a machine with several jobs is one "
        "host in several groups"
        for address, names in named.items()
        if address and len(names) > 1
    ]


def ansible_environment() -> dict[str, str]:
    """What Ansible's commands run in: it refuses a locale that this machine does not have."""
    c_locale = {"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {}
    return os.environ | c_locale


def load_inventory(project: Path) -> Inventory:
    """Ask ``ansible-inventory`` for the hosts.

    The inventory is the one ansible.cfg names, or ``BENCHRIG_INVENTORY``.

    Raises:
        BenchrigError: no such inventory, or every mistake in it at once.
    """
    chosen = os.environ.get("BENCHRIG_INVENTORY", "")
    argv = ["ansible-inventory", "--list", *(["-i", chosen] if chosen else [])]
    done = subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,  # Ansible refuses a stdin that somebody left non-blocking
        cwd=project,
        env=ansible_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    name = chosen or "the inventory"
    if done.returncode:
        tail = done.stderr.strip().splitlines()[-1:]
        raise BenchrigError("".join(tail), where=name, way_out=WAY_OUT)
    return parse_inventory(json.loads(done.stdout), name)


def parse_inventory(listing: Mapping[str, Any], name: str) -> Inventory:
    """An `Inventory` from the JSON that ``ansible-inventory --list`` prints."""
    groups = {g: listing.get(g, {}).get("hosts", []) for g in (*GROUPS, "lab")}
    variables = listing["_meta"]["hostvars"]
    names = dict.fromkeys(h for g in GROUPS for h in groups[g])
    hosts = {h: _host(h, variables.get(h, {}), groups) for h in names}
    mistakes = inventory_mistakes(groups, {h.name: h.address for h in hosts.values()})
    if mistakes:
        raise BenchrigError("; ".join(mistakes), where=name, way_out=WAY_OUT)
    box = groups["lab"][0] if groups["lab"] else ""
    return Inventory(name, hosts, variables[box]["lab_name"] if box else "")


def _host(name: str, variables: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Host:
    def value(key: str, default: str = "") -> str:
        return _resolved(name, key, variables, default)

    ssh_host = value("ansible_host")
    options: dict[str, str] = {}
    for key in SSH_ARGUMENTS:
        options = _ssh_options(name, key, value(key)) | options
    return Host(
        name=name,
        address=value("rig_address", ssh_host),
        ssh_host=ssh_host,
        groups=tuple(g for g in GROUPS if name in groups[g]),
        port=int(value("ansible_port", "22")),
        user=value("ansible_user", os.environ.get("USER", "root")),
        key_file=_home_filled_in(value("ansible_ssh_private_key_file")),
        known_hosts=_home_filled_in(options.get("userknownhostsfile", "")),
        price_per_hour=_price(name, value("rig_price_per_hour", "0")),
    )


def _ssh_options(host: str, key: str, text: str) -> dict[str, str]:
    """What ``-o`` says in a variable with arguments of ssh, by the options' names in small letters.

    Raises:
        BenchrigError: they can not be read, or lead to the host by a way that only ssh would go.
    """
    where = f"inventory, host '{host}'"
    try:
        letters, _ = getopt.getopt(shlex.split(text), SSH_LETTERS)
    except (ValueError, getopt.GetoptError) as error:
        raise BenchrigError(
            f"{key} is '{text}', which ssh would not take: {error}",
            where=where,
            way_out="`man ssh` lists its options",
        ) from error
    options: dict[str, str] = {}
    for letter, word in letters:
        name, _, given = re.sub(r"\s*[=\s]\s*", "=", word.strip(), count=1).partition("=")
        keyword = name.lower() if letter == "-o" else letter
        if keyword in ROUTES and given.lower() != "none":
            raise BenchrigError(
                f"{key} has {ROUTES[keyword]}, which ansible-playbook follows and fab does not",
                where=where,
                way_out="write it into ~/.ssh/config, which both read",
            )
        if letter == "-o":
            options.setdefault(keyword, given)
    return options


def _home_filled_in(path: str) -> str:
    return os.path.expanduser(path)  # noqa: PTH111 - a Path would make "." of none


def _price(host: str, text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        price = -1.0
    if not 0 <= price < float("inf"):
        raise BenchrigError(
            f"rig_price_per_hour is '{text}', not a price from 0 on",
            where=f"inventory, host '{host}'",
        )
    return price


def _resolved(host: str, key: str, variables: Mapping[str, Any], default: str) -> str:
    """One variable with its references to others filled in, which the listing leaves open."""
    text = str(variables.get(key, default))
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)
    try:
        for _ in range(5):  # a value may refer to one that refers to another
            if "{{" not in text:
                return text
            text = environment.from_string(text).render(variables)
    except jinja2.TemplateError as error:
        raise BenchrigError(
            f"{key} is '{text}', which can not be resolved: {error}",
            where=f"inventory, host '{host}'",
            way_out="write the value out",
        ) from error
    return text
