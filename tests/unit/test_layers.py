"""Dependencies point one way; these tests are what holds them."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "benchrig"
# Each layer may import itself and what stands after it.
LAYERS = [
    ("tasks",),
    ("commands",),
    ("selftest", "site"),
    ("history", "progress", "report"),
    ("suite",),
    ("store",),
    ("compare",),
    ("verdict",),
    ("figures",),
    ("trial",),
    ("grafana",),
    ("remote", "dashboards"),
    ("signals",),
    ("inventory", "spec", "drivers", "tiers"),
    ("stats",),
    ("units",),
    ("errors",),
]
ORDER = {name: number for number, layer in enumerate(LAYERS) for name in layer}
# Parts with a rule of their own.
APART = {
    "host": {"host", "contract"},  # runs on the hosts, without any of our dependencies
    "contract": {"contract"},
    "exporter": {"exporter", "host"},  # runs on the hosts, with Debian's prometheus-client
    "load": {"load", "host", "contract", "drivers", "units"},  # runs on the load generators
    "lab": {"lab", "errors"},
}


def imports(path: Path) -> Iterator[str]:
    """Names of all modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "benchrig":
                yield from (f"benchrig.{alias.name}" for alias in node.names)
            else:
                yield node.module


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def part(path: Path) -> str:
    """The package's part a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_its_own_layer_and_those_below(path: Path) -> None:
    mine = part(path)
    for name in imports(path):
        if not name.startswith("benchrig."):
            continue
        theirs = name.split(".")[1]
        if mine in APART:
            assert theirs in APART[mine], f"{path.name} imports {name}"
        elif theirs not in APART:
            assert ORDER[mine] <= ORDER[theirs], f"{path.name} imports {name}"


def test_only_remote_imports_fabric_and_paramiko() -> None:
    users = {
        part(path)
        for path in modules()
        if any(name.split(".")[0] in ("fabric", "paramiko") for name in imports(path))
    }
    assert users == {"remote"}


def test_only_one_module_imports_grafana_api() -> None:
    users = {
        part(path)
        for path in modules()
        if any(name.split(".")[0] == "grafana_api" for name in imports(path))
    }
    assert users == {"grafana"}


def test_host_side_programs_need_nothing_but_the_standard_library() -> None:
    for path in modules():
        if part(path) in ("host", "contract"):
            foreign = {n.split(".")[0] for n in imports(path)} - {"benchrig"}
            assert foreign <= sys.stdlib_module_names, path.name


def test_no_module_is_longer_than_300_lines() -> None:
    long = {p.name: n for p in modules() if (n := len(p.read_text().splitlines())) > 300}
    assert long == {}
