"""Labs for the end-to-end tests: one at a time on a machine, gone when the tests end."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.lab.rig import LabRig, make_lab

LOCK = Path("/var/lib/benchrig/tests.lock")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder boots machines."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session", autouse=True)
def alone() -> Iterator[None]:
    """Wait until no other run of these tests has a lab on this machine."""
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabRig]:
    """The rig that ``site.yml`` made from nothing, in a lab of its own."""
    lab = make_lab(tmp_path_factory.mktemp("lab"), "brtest", "198.18.79.")
    lab.playbook("playbooks/lab-down.yml")
    try:
        lab.playbook("site.yml")
        yield lab
    finally:
        lab.playbook("playbooks/lab-down.yml")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    path = shutil.which("chromium")
    assert path, "no chromium: `make lab-test` installs it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()
