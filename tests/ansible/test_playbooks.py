"""The playbooks on inventories of other shapes, as far as that needs no host."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
GROUPS = ("load_generators", "app_servers", "postgres", "nginx", "monitoring")


def playbook(folder: Path, inventory: dict[str, object], *arguments: str) -> str:
    """What ansible-playbook prints with this inventory."""
    path = folder / "hosts.yml"
    path.write_text(yaml.safe_dump({"all": inventory}))
    argv = ["ansible-playbook", "-i", str(path), *arguments]
    quiet = subprocess.DEVNULL  # Ansible refuses a stdin that somebody left non-blocking
    done = subprocess.run(
        argv, stdin=quiet, cwd=PROJECT, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_hosts_of_other_groups_are_left_alone(tmp_path: Path) -> None:
    children = {group: {"hosts": {f"{group}-1": None}} for group in GROUPS}
    inventory = {"hosts": {"bastion": None}, "children": children}
    listed = playbook(tmp_path, inventory, "site.yml", "--list-hosts")
    assert listed.count("hosts (5):") == 2
    assert listed.count("hosts (6):") == 1, "the inventory is checked on localhost"
    assert "bastion" not in listed


def test_part_of_a_rig_that_can_not_work_is_not_set_up(tmp_path: Path) -> None:
    some = {group: {"hosts": {"one": {"ansible_host": "192.0.2.1"}}} for group in GROUPS[:3]}
    part = ("--limit", "one", "--tags", "peer")
    told = playbook(tmp_path, {"children": some}, "site.yml", *part)
    assert "no host in the group 'nginx'" in told.replace("''", "'")
    assert "Ask what the host is" not in told


def test_a_part_gets_the_programs_that_its_units_start(tmp_path: Path) -> None:
    children = {group: {"hosts": {f"{group}-1": None}} for group in GROUPS}
    part = ("--tags", "peer", "--list-tasks")
    listed = playbook(tmp_path, {"children": children}, "site.yml", *part)
    assert "Prepare the host" in listed
    assert "Set up the service that apps call" in listed
    assert "Set up nginx" not in listed


def test_an_inventory_that_lacks_a_group_is_told_before_a_lab_is_booted(tmp_path: Path) -> None:
    lab = {"lab": {"hosts": {"localhost": {"ansible_connection": "local"}}}}
    some = {group: {"hosts": {"one": {"ansible_host": "192.0.2.1"}}} for group in GROUPS[:3]}
    told = playbook(tmp_path, {"children": {**lab, **some}}, "site.yml")
    assert "no host in the group 'nginx'" in told.replace("''", "'")
    assert "Boot the lab" not in told


@pytest.mark.parametrize(
    ("locale", "then"), [("xx_YY.UTF-8", "C.UTF-8"), ("C", "C.UTF-8"), ("C.utf8", "C.utf8")]
)
def test_a_shell_gets_a_locale_that_ansible_takes(locale: str, then: str) -> None:
    (line,) = re.findall(r"^ACTIVATE_LOCALE := (.*)$", (PROJECT / "Makefile").read_text(), re.M)
    argv = ["sh", "-c", line.replace("$$", "$") + '; echo "$LC_ALL"']
    done = subprocess.run(
        argv, env=os.environ | {"LC_ALL": locale}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == then
