"""What runs on the hosts is what this checkout has, or it is told."""

import shutil
import subprocess
from pathlib import Path

import pytest

from benchrig.host.deployed import MARKER, deployed
from benchrig.remote import programs
from benchrig.trial.deployed import checkout, deployed_fault, of_app

PROJECT = Path(__file__).parents[2]
IGNORED = shutil.ignore_patterns("__pycache__", ".*")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An app server's folder as provisioning leaves it."""
    for folder in ("quart", "contract"):
        shutil.copytree(PROJECT / "apps" / folder, tmp_path / "apps" / folder, ignore=IGNORED)
    venv = tmp_path / "venvs" / "quart"
    venv.mkdir(parents=True)
    lock = of_app(checkout(), "quart")["quart/requirements.txt"]
    (venv / MARKER).write_text(f"2 {lock} /usr/bin/python3.11\n")
    return tmp_path


def fault(root: Path) -> str:
    """What is said of the folder."""
    request = {"apps": f"{root}/apps", "venv": f"{root}/venvs/quart"}
    theirs = deployed(request | {"folders": ["quart", "contract"]})
    return deployed_fault("quart", of_app(checkout(), "quart"), theirs)


def test_what_was_deployed_is_as_here(root: Path) -> None:
    (root / "apps/quart/__pycache__").mkdir()
    (root / "apps/quart/__pycache__/app.pyc").touch()
    (root / "apps/quart/.cache").mkdir()
    (root / "apps/quart/.cache/app.json").touch()
    (root / "apps/quart/.app.py.swp").touch()
    assert fault(root) == ""


def test_a_file_that_was_changed_is_missing_or_too_many_is_named(root: Path) -> None:
    (root / "apps/quart/app.py").write_text("app = None")
    (root / "apps/contract/dataset.sql").unlink()
    (root / "apps/quart/old.py").touch()
    (root / "apps/quart/older.py").touch()
    named = ", ".join(f"apps/{p}" for p in ("contract/dataset.sql", "quart/app.py", "quart/old.py"))
    assert fault(root) == f"not as in this checkout: {named} and 1 more"


@pytest.mark.parametrize("marker", ["2 0123 /usr/bin/python3.11\n", None])
def test_an_environment_of_another_lock_is_told(root: Path, marker: str | None) -> None:
    path = root / "venvs/quart" / MARKER
    if marker:
        path.write_text(marker)
    else:
        path.unlink()
    assert fault(root) == (
        "the environment of 'quart' was made from another lock than apps/quart/requirements.txt"
    )


def test_an_app_that_was_never_deployed_is_told(tmp_path: Path) -> None:
    assert fault(tmp_path).startswith("not as in this checkout: apps/contract/")


def test_both_sides_find_the_same_digest_of_the_rigs_programs(tmp_path: Path) -> None:
    package = tmp_path / "benchrig"
    shutil.copytree(PROJECT / "benchrig", package, ignore=IGNORED)
    argv = ["sh", "-c", programs.COMMAND, str(package), *programs.FOLDERS]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == programs.digest(PROJECT / "benchrig")
    (package / "host/session.py").write_text("")
    assert programs.digest(package) != said.split()[0]
