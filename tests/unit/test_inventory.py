"""Hosts from what ``ansible-inventory --list`` prints."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchrig.errors import BenchrigError
from benchrig.inventory import GROUPS, load_inventory, parse_inventory

PROJECT = Path(__file__).parents[2]


def listing(**changes: Any) -> dict[str, Any]:
    """A listing with one host per group, named and numbered after its group."""
    hosts = {group: f"{group}-1" for group in GROUPS}
    variables = {
        host: {"ansible_host": f"192.0.2.{number}"}
        for number, host in enumerate(hosts.values(), start=1)
    }
    groups = {group: {"hosts": [host]} for group, host in hosts.items()}
    return {"_meta": {"hostvars": variables}, **groups, **changes}


def test_every_group_has_its_host() -> None:
    inventory = parse_inventory(listing(), "test")
    assert inventory.one("postgres").address == "192.0.2.3"
    assert inventory.lab == ""


def test_missing_groups_and_addresses_are_told_together() -> None:
    broken = listing(postgres={"hosts": []}, nginx={"hosts": ["nginx-1", "nginx-2"]})
    with pytest.raises(BenchrigError) as caught:
        parse_inventory(broken, "inventory/mine")
    text = str(caught.value)
    assert text.startswith("inventory/mine: no host in the group 'postgres'")
    assert "the group 'nginx' has several hosts (nginx-1, nginx-2)" in text
    assert "nginx-2: ansible_host is nothing" in text
    assert text.endswith("inventory/example shows the shape")


def test_references_between_variables_are_resolved() -> None:
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"] |= {
        "where": "/keys/{{ name }}",
        "name": "rig",
        "ansible_ssh_private_key_file": "{{ where }}/id",
        "ansible_ssh_common_args": "-o UserKnownHostsFile=/keys/{{ name }}/known_hosts -o A=b",
    }
    host = parse_inventory(data, "test").one("nginx")
    assert host.key_file == "/keys/rig/id"
    assert host.known_hosts == "/keys/rig/known_hosts"


def test_the_home_folder_may_be_written_as_ssh_and_ansible_take_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"] |= {
        "ansible_ssh_private_key_file": "~/.ssh/id",
        "ansible_ssh_common_args": "-o UserKnownHostsFile=~/.ssh/rig_hosts",
    }
    host = parse_inventory(data, "test").one("nginx")
    assert (host.key_file, host.known_hosts) == ("/home/me/.ssh/id", "/home/me/.ssh/rig_hosts")


@pytest.mark.parametrize(
    "arguments",
    [
        "-o UserKnownHostsFile=/keys/known",
        "-oUserKnownHostsFile=/keys/known",
        "-o 'userknownhostsfile /keys/known'",
        "-vC -o UserKnownHostsFile=/keys/known -o UserKnownHostsFile=/the/first/counts",
    ],
)
def test_a_file_of_host_keys_may_be_named_in_every_way_of_ssh(arguments: str) -> None:
    for key in ("ansible_ssh_common_args", "ansible_ssh_extra_args"):
        data = listing()
        data["_meta"]["hostvars"]["nginx-1"][key] = arguments
        assert parse_inventory(data, "test").one("nginx").known_hosts == "/keys/known"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("-J bastion", "-J"),
        ("-vJbastion", "-J"),
        ("-W %h:%p bastion", "-W"),
        ("-o ProxyJump=bastion", "ProxyJump"),
        ("-C -oproxyjump=bastion", "ProxyJump"),
        ("-o 'ProxyCommand ssh -W %h:%p bastion'", "ProxyCommand"),
        ('-o ProxyCommand="ssh -W %h:%p bastion"', "ProxyCommand"),
    ],
)
def test_a_way_to_the_host_that_only_ssh_would_go_is_told(arguments: str, told: str) -> None:
    for key in ("ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"):
        data = listing()
        data["_meta"]["hostvars"]["nginx-1"][key] = arguments
        with pytest.raises(BenchrigError) as caught:
            parse_inventory(data, "test")
        assert str(caught.value).startswith(f"inventory, host 'nginx-1': {key} has {told}, which")
        assert caught.value.way_out == "write it into ~/.ssh/config, which both read"


def test_options_of_ssh_that_do_not_decide_the_way_are_let_be() -> None:
    data = listing()
    arguments = "-C -o ControlMaster=auto -o ControlPersist=60s -oLogLevel=ERROR -4 "
    arguments += "-o StrictHostKeyChecking=yes -o ProxyJump=none -o ServerAliveInterval=5"
    data["_meta"]["hostvars"]["nginx-1"]["ansible_ssh_common_args"] = arguments
    assert parse_inventory(data, "test").one("nginx").known_hosts == ""


@pytest.mark.parametrize("arguments", ["-o 'unclosed", "-o", "--jump=bastion"])
def test_arguments_that_ssh_would_not_take_are_told(arguments: str) -> None:
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"]["ansible_ssh_common_args"] = arguments
    with pytest.raises(BenchrigError, match="nginx-1': ansible_ssh_common_args is"):
        parse_inventory(data, "test")


def test_a_reference_that_only_ansible_can_resolve_is_an_error() -> None:
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"]["ansible_user"] = "{{ lookup('env', 'ME') }}"
    with pytest.raises(BenchrigError, match="write the value out"):
        parse_inventory(data, "test")


def test_the_load_goes_to_rig_address_and_commands_to_ansible_host() -> None:
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"]["rig_address"] = "10.9.8.7"
    host = parse_inventory(data, "test").one("nginx")
    assert (host.address, host.ssh_host) == ("10.9.8.7", "192.0.2.4")


@pytest.mark.parametrize("name", ["lab", "example"])
def test_shipped_inventories_are_right(name: str) -> None:
    argv = ["ansible-inventory", "--list", "-i", f"inventory/{name}"]
    done = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=True)
    inventory = parse_inventory(json.loads(done.stdout), name)
    assert len(inventory.hosts) == 5
    assert inventory.lab == ("benchrig" if name == "lab" else "")


def test_one_machine_under_two_names_is_a_mistake() -> None:
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"]["ansible_host"] = "192.0.2.2"
    with pytest.raises(BenchrigError) as caught:
        parse_inventory(data, "test")
    assert "app_servers-1 and nginx-1 have one address, 192.0.2.2" in str(caught.value)


def test_one_host_may_be_in_several_groups() -> None:
    inventory = parse_inventory(listing(nginx={"hosts": ["postgres-1"]}), "test")
    assert inventory.one("nginx").groups == ("postgres", "nginx")


def test_a_locale_that_is_not_installed_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "xx_YY.UTF-8")
    assert len(load_inventory(PROJECT).hosts) == len(GROUPS)


def test_an_address_of_ipv6_is_a_mistake_and_not_a_rig_without_answers() -> None:
    data = listing()
    data["_meta"]["hostvars"]["nginx-1"]["ansible_host"] = "2001:db8::4"
    with pytest.raises(BenchrigError, match="nginx-1: ansible_host is 2001:db8::4"):
        parse_inventory(data, "test")


def test_a_stdin_that_somebody_left_non_blocking_does_no_harm() -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    code = "from pathlib import Path; from benchrig.inventory import load_inventory as load; "
    code += "print(len(load(Path()).hosts))"
    argv = [sys.executable, "-c", code]
    try:
        done = subprocess.run(
            argv, stdin=read_end, cwd=PROJECT, capture_output=True, text=True, check=True
        )
    finally:
        os.close(read_end)
        os.close(write_end)
    assert done.stdout == "5\n"
