"""Roles: argument specs say what the defaults are, and every role has the same shape."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
ROLES = sorted(p.name for p in (PROJECT / "roles").iterdir())


def load(path: Path) -> Any:
    """A YAML file's content."""
    return yaml.safe_load(path.read_text())


@pytest.mark.parametrize("role", ROLES)
def test_argument_spec_and_defaults_are_the_same(role: str) -> None:
    folder = PROJECT / "roles" / role
    options = load(folder / "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    told = {name: option.get("default") for name, option in options.items()}
    assert told == load(folder / "defaults/main.yml")


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_is_named_after_its_role(role: str) -> None:
    folder = PROJECT / "roles" / role
    for name in load(folder / "defaults/main.yml"):
        assert name.startswith(f"{role}_")
    if (folder / "vars/main.yml").exists():
        for name in load(folder / "vars/main.yml"):
            assert name.startswith(f"__{role}_")


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_groups(role: str) -> None:
    for path in (PROJECT / "roles" / role).rglob("*.yml"):
        assert "groups[" not in path.read_text(), path


def test_every_template_says_that_it_is_managed() -> None:
    for path in (p for folder in ("roles", "playbooks") for p in (PROJECT / folder).rglob("*.j2")):
        assert "{{ ansible_managed | comment }}" in path.read_text(), path


def test_task_files_are_short() -> None:
    long = [
        path
        for path in (PROJECT / "roles").rglob("tasks/*.yml")
        if len(path.read_text().splitlines()) > 60
    ]
    assert long == []


def test_tests_build_wrk_with_what_the_role_builds_it_with() -> None:
    (packages,) = re.findall(r"^WRK_PACKAGES := (.*)$", (PROJECT / "Makefile").read_text(), re.M)
    assert packages.split() == load(PROJECT / "roles/wrk/vars/main.yml")["__wrk_packages"]
