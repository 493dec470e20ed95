"""Telling that a firewall of the box keeps the machines from the package mirror."""

import pytest

from benchrig.lab import way_out
from benchrig.lab.definition import Machine, build_lab

SOURCES = """Types: deb
# http://snapshot.example/archive
URIs: http://mirror.example/debian
Suites: bookworm
"""
LINE = "deb [arch=amd64] https://user:word@mirror.example:8443/debian bookworm main\n"


@pytest.fixture(autouse=True)
def box(monkeypatch: pytest.MonkeyPatch) -> None:
    """A box with one mirror and no proxy."""
    monkeypatch.setattr(way_out, "apt_sources", lambda _: {"sources": SOURCES})
    monkeypatch.setattr(way_out, "apt_options", lambda: "")
    monkeypatch.delenv("http_proxy", raising=False)


def told(monkeypatch: pytest.MonkeyPatch, *, box: bool, machine: list[bool | None]) -> list[str]:
    """What is told where box and machine reach the mirror or not; the machine is asked in turn."""
    monkeypatch.setattr(way_out, "_box_reaches", lambda *_: box)
    monkeypatch.setattr(way_out, "_machine_reaches", lambda *_: machine.pop(0))
    warnings: list[str] = []
    lab = build_lab("one", "br-one", "198.18.1.0/24", [Machine("app", "198.18.1.12")])
    way_out.tell_no_way_out(lab, "bookworm", warnings.append)
    return warnings


def test_the_first_source_that_is_no_comment_is_the_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    assert way_out.mirror_address("bookworm") == ("mirror.example", 80)
    monkeypatch.setattr(way_out, "apt_sources", lambda _: {"list": LINE})
    assert way_out.mirror_address("bookworm") == ("mirror.example", 8443)
    monkeypatch.setattr(way_out, "apt_sources", lambda _: {})
    assert way_out.mirror_address("bookworm") is None


def test_behind_a_proxy_the_proxy_is_what_machines_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://shell.example:3128")
    assert way_out.mirror_address("bookworm") == ("shell.example", 3128)
    monkeypatch.setattr(
        way_out, "apt_options", lambda: 'Acquire::http::Proxy "http://apt:8080/";\n'
    )
    assert way_out.mirror_address("bookworm") == ("apt", 8080)
    monkeypatch.setattr(
        way_out, "apt_options", lambda: 'Acquire::http::Proxy "http://127.0.0.1:1";'
    )
    assert way_out.mirror_address("bookworm") is None


def test_a_firewall_that_drops_is_told_with_the_bridge(monkeypatch: pytest.MonkeyPatch) -> None:
    (warning,) = told(monkeypatch, box=True, machine=[False, False])
    assert "app can not connect to mirror.example port 80, and this box can" in warning
    assert "let packets of br-one pass" in warning


def test_what_is_no_firewall_s_work_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, box=True, machine=[True]) == []
    assert told(monkeypatch, box=True, machine=[None]) == []
    assert told(monkeypatch, box=True, machine=[False, True]) == []
    assert told(monkeypatch, box=False, machine=[False]) == []
