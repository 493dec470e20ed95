"""A host that can not be reached is told with the way out, before anything is sent."""

import socket
from pathlib import Path

import paramiko
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
    assert "ansible_ssh_common_args" in caught.value.way_out


def test_the_key_of_a_jump_host_is_checked_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    (tmp_path / ".ssh").mkdir()
    config = f"Host 198.18.0.1\n  ProxyJump root@127.0.0.1:{port}\n"
    (tmp_path / ".ssh/config").write_text(config)
    monkeypatch.setenv("HOME", str(tmp_path))
    policies: list[type] = []
    monkeypatch.setattr(
        paramiko.SSHClient,
        "set_missing_host_key_policy",
        lambda _, policy: policies.append(policy if isinstance(policy, type) else type(policy)),
    )
    with pytest.raises(BenchrigError, match="no SSH to root@"):
        Remote(Host("app", "198.18.0.1", "198.18.0.1", ("app_servers",))).open()
    assert policies[-2:] == [paramiko.RejectPolicy] * 2
