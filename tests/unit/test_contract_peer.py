"""What an app is to ask of another host is counted there, and not taken on its word."""

import zlib
from collections.abc import Iterator
from typing import ClassVar

import pytest

from benchrig.contract.http import Address, Request, ask
from benchrig.contract.run import run_checks
from benchrig.contract.spec import Target
from tests import peer_process
from tests.fake_app import FakeApp, serving

FANOUT = "/fanout?urls={urls}&seconds={seconds}&number={number}"


class Calls(FakeApp):
    """Asks the service for what it answers."""

    peer: ClassVar[Address]

    def fanout(self, query: dict[str, str]) -> None:
        """One address after the other."""
        first, urls = int(query["number"]), int(query["urls"])
        for number in range(first, first + urls):
            ask(self.peer, Request(f"/wait?seconds={query['seconds']}&number={number}"))
        self.document({"numbers": list(range(first, first + urls))})

    def upload(self, body: bytes) -> None:
        """Passed on, and what the sink says passed back."""
        answer = ask(self.peer, Request("/sink", "POST", body=body))
        super().answer(answer.body, "application/json")


class AsksOneAddress(Calls):
    """Makes up the numbers of all others from the first one's."""

    def fanout(self, query: dict[str, str]) -> None:
        """One wait, then all numbers."""
        first, urls = int(query["number"]), int(query["urls"])
        ask(self.peer, Request(f"/wait?seconds={query['seconds']}&number={first}"))
        self.document({"numbers": list(range(first, first + urls))})


class PassesNothingOn(Calls):
    """Computes itself what the sink would say."""

    def upload(self, body: bytes) -> None:
        """The right answer, and nothing sent."""
        self.document({"bytes": len(body), "crc32": zlib.crc32(body)})


@pytest.fixture(scope="module", autouse=True)
def peer() -> Iterator[Address]:
    """The service on loopback."""
    with peer_process.serving() as address:
        Calls.peer = address
        yield address


def faults(handler: type[Calls], workload: str, path: str) -> dict[str, str]:
    """What does not pass, by the name of the check."""
    with serving(handler) as address:
        target = Target(address, path, {"urls": 2, "seconds": 0.05, "number": 1}, handler.peer)
        return {o.name: o.detail for o in run_checks(workload, target, seed=1) if not o.passed}


def test_an_app_that_asks_all_that_it_answers_passes() -> None:
    assert faults(Calls, "fanout", FANOUT) == {}
    assert faults(Calls, "upload", "/upload") == {}


def test_addresses_that_were_not_asked_are_counted() -> None:
    assert faults(AsksOneAddress, "fanout", FANOUT) == {"peer-asked": "1 of 5 addresses were asked"}


def test_an_upload_that_never_arrived_is_told() -> None:
    found = faults(PassesNothingOn, "upload", "/upload")
    assert found == {"peer-asked": "0 uploads came to the sink for one"}


def test_a_service_that_keeps_no_counts_is_told_with_the_way_out() -> None:
    with serving(FakeApp) as older, serving(Calls) as address:
        target = Target(address, FANOUT, {"urls": 2, "seconds": 0.05, "number": 1}, older)
        found = {o.name: o.detail for o in run_checks("fanout", target)}
    assert "answers 404 to /asked; run `ansible-playbook site.yml`" in found["peer-asked"]
