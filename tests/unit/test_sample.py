"""The second client that goes on checking answers while a load runs."""

import threading
import time
from typing import Any

import pytest

from benchrig.contract.spec import Target
from benchrig.host import sample
from benchrig.host.sample import Sampler
from tests.fake_app import FakeApp, serving


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred requests a second instead of four."""
    monkeypatch.setattr(sample, "INTERVAL_SECONDS", 0.01)


def sampled(handler: type[FakeApp], contract: str = "json", path: str = "/json") -> dict[str, Any]:
    """What a sampler sees in a moment."""
    with serving(handler) as address:
        sampler = Sampler(Target(address, path), contract)
        sampler.start()
        time.sleep(0.3)
        return sampler.end()


def test_right_answers_are_counted() -> None:
    seen = sampled(FakeApp)
    assert seen.pop("asked", 0) > 3
    assert seen == {"wrong": 0, "unanswered": 0, "first_wrong": ""}


class WrongUnderLoad(FakeApp):
    """Answers rightly four times, of which the first is waited for, and then never again."""

    answered = 0
    lock = threading.Lock()

    def json(self, query: dict[str, str]) -> None:
        """Breaks after a while."""
        with self.lock:
            WrongUnderLoad.answered += 1
        if WrongUnderLoad.answered > 4:
            self.document({"message": "Goodbye, World!"})
        else:
            super().json(query)


def test_wrong_answers_are_counted_and_the_first_is_kept() -> None:
    seen = sampled(WrongUnderLoad)
    assert seen["wrong"] == int(str(seen["asked"])) - 3
    assert str(seen["first_wrong"]).startswith('/json: not the message: the body is b\'{"message"')


def test_a_server_that_gives_no_answer_is_not_wrong() -> None:
    with serving(FakeApp) as gone:
        pass
    sampler = Sampler(Target(gone, "/json"), "json")
    sampler.start()
    time.sleep(0.2)
    seen = sampler.end()
    assert seen["unanswered"] == seen["asked"]
    assert seen["asked"]
    assert seen["wrong"] == 0


class SameDate(FakeApp):
    """Right answers, and a clock that was read once."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Always this one."""
        return "Sun, 06 Nov 1994 08:49:37 GMT"


def test_a_date_that_stands_still_under_load_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "DATE_SECONDS", 0.05)
    monkeypatch.setattr(sample, "DATE_ANSWERS", 3)
    assert str(sampled(SameDate)["first_wrong"]).startswith("/json: Date is Sun, 06 Nov 1994")


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (["a", "a", "a"], "Date is a for 6 s and 3 answers"),
        (["a", "a", "b"], ""),
        (["a", "b", "b"], ""),
        (["", "", ""], ""),
    ],
)
def test_a_date_stands_still_only_over_many_answers_and_seconds(
    shown: list[str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "DATE_ANSWERS", 3)
    date = sample.Date()
    found = [date.fault(each, 3.0 * number) for number, each in enumerate(shown)]
    assert found == ["", "", fault]


class Slow(FakeApp):
    """Full of other clients' requests."""

    def json(self, query: dict[str, str]) -> None:
        """Late."""
        time.sleep(1)
        super().json(query)


def test_a_request_under_way_at_the_end_is_not_waited_for_and_not_counted() -> None:
    begin = time.monotonic()
    seen = sampled(Slow)
    assert seen["asked"] == 0
    assert time.monotonic() - begin < 1.5


def test_a_workload_that_http_can_not_ask_for_is_left_alone() -> None:
    with serving(FakeApp) as address:
        sampler = Sampler(Target(address, "/counter"), "websocket")
        sampler.start()
        assert sampler.end() == {"asked": 0, "wrong": 0, "unanswered": 0, "first_wrong": ""}


class BusyAtFirst(FakeApp):
    """Answers the first request late, as one that works off what a load before left behind."""

    answered = 0

    def json(self, query: dict[str, str]) -> None:
        """The first takes long."""
        BusyAtFirst.answered += 1
        if BusyAtFirst.answered == 1:
            time.sleep(0.2)
        super().json(query)


def test_what_a_load_before_left_behind_is_answered_before_the_sampler_begins() -> None:
    with serving(BusyAtFirst) as address:
        sampler = Sampler(Target(address, "/json"), "json")
        begin = time.monotonic()
        sampler.start()
        assert time.monotonic() - begin > 0.2
        assert sampler.end()["asked"] <= 1, "the one that was waited for is none of the load's"
