"""A host that can not be reached is told with the way out, before anything is sent."""

from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.inventory import Host
from benchrig.remote.connection import Remote


def test_known_keys_that_are_gone_are_told_not_thrown(tmp_path: Path) -> None:
    host = Host(
        "app",
        "198.18.0.1",
        "198.18.0.1",
        ("app_servers",),
        known_hosts=str(tmp_path / "known_hosts"),
    )
    with pytest.raises(BenchrigError, match="known_hosts") as caught:
        Remote(host).open()
    assert caught.value.where == "host 'app'"
    assert "site.yml" in caught.value.way_out
