from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wrk.wrk_build import Programs, built_programs
from tests.wrk.wrk_servers import Server, answer, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs a wrk that was compiled for it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session")
def programs() -> Programs:
    """The stock and the patched wrk."""
    return built_programs()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(answer()) as running:
        yield running


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "live.jsonl"
