# SPDX-License-Identifier: Apache-2.0

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wrk.wrk_build import Programs, build_programs
from tests.wrk.wrk_servers import Server, answer, serving


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "wrk: builds wrk from source and runs it on loopback")


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return build_programs(tmp_path_factory.mktemp("wrk"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(answer()) as running:
        yield running


@pytest.fixture
def live(tmp_path: Path) -> Path:
    return tmp_path / "live.jsonl"
