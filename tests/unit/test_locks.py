"""What is in each app's environment."""

import hashlib
from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.spec.locks import all_locks, read_lock

APPS = Path(__file__).parents[2] / "apps"
LOCK = """\
asyncpg==0.32.0 ; python_version >= '3.9' \\
    --hash=sha256:aa
    # via -r quart/requirements.in
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:bb
psycopg[binary,pool]==3.3.9 \\
    --hash=sha256:cc
"""


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    """A folder with one app's lock."""
    (tmp_path / "quart").mkdir()
    (tmp_path / "quart/requirements.txt").write_text(LOCK)
    return tmp_path


def test_a_lock_is_its_hash_and_its_packages_for_linux(apps: Path) -> None:
    lock = read_lock(apps, "quart")
    assert lock.packages == {"asyncpg": "0.32.0", "psycopg": "3.3.9"}
    assert lock.sha256 == hashlib.sha256(LOCK.encode()).hexdigest()


def test_a_missing_lock_is_told_with_the_way_out(apps: Path) -> None:
    with pytest.raises(BenchrigError, match=r"flask/requirements\.txt: no such file; `make lock`"):
        read_lock(apps, "flask")


@pytest.mark.parametrize("line", ["asyncpg>=0.3", "asyncpg", "asyncpg==1,<2"])
def test_a_line_without_an_exact_version_is_told(apps: Path, line: str) -> None:
    (apps / "quart/requirements.txt").write_text(f"{line}\n")
    with pytest.raises(BenchrigError, match=r"line 1: .* has no exact version"):
        read_lock(apps, "quart")


def test_a_line_that_is_no_requirement_is_told(apps: Path) -> None:
    (apps / "quart/requirements.txt").write_text("what? is this\n")
    with pytest.raises(BenchrigError, match="line 1: 'what\\? is this' is no requirement"):
        read_lock(apps, "quart")


def test_every_shipped_app_has_a_lock_with_its_framework() -> None:
    locks = all_locks(APPS)
    for app in ("aiohttp", "crax", "django", "fastapi", "flask", "litestar", "quart", "sanic"):
        assert app in locks[app].packages
