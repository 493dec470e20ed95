"""The contract passes an app that keeps it, and catches each way of breaking it."""

import threading

import pytest

from benchrig.contract import full_checks
from benchrig.contract.names import CHECKS
from benchrig.contract.run import Outcome, run_checks
from benchrig.contract.spec import Target
from tests.broken_apps import (
    AlwaysOneRow,
    AlwaysTheSameRow,
    AnswersOutOfOrder,
    AnswersTwice,
    BodyOfHead,
    ClosesConnections,
    DelaysAcknowledged,
    DoesNotSleep,
    FailsEverySecondRequest,
    FewRows,
    GoesByAccept,
    IgnoresTheBody,
    LengthOfHead,
    Mixes,
    MixesWaits,
    NoServerHeader,
    OldDate,
    OneBrandShort,
    OneFortuneShort,
    RemembersAnswers,
    SameDate,
    ServesAsError,
    SleepsForever,
    TheIdAsTheNumber,
    Unescaped,
    Unsorted,
    WrongText,
    WrongType,
)
from tests.fake_app import FakeApp, serving

PATHS: dict[str, tuple[str, dict[str, float]]] = {
    "plaintext": ("/plaintext", {}),
    "json": ("/json", {}),
    "echo": ("/echo?number={number}", {"number": 1.0}),
    "sleep": ("/sleep?seconds={seconds}", {"seconds": 0.1}),
    "db": ("/db", {}),
    "queries": ("/queries?queries={queries}", {"queries": 20.0}),
    "fortunes": ("/fortunes", {}),
    "brands": ("/brands", {}),
}


def check(
    handler: type[FakeApp], workload: str, *, full: bool = False, once: bool = False
) -> dict[str, Outcome]:
    """Outcomes by the name of the check, of questions that are the same each time."""
    path, parameters = PATHS[workload]
    with serving(handler) as address:
        target = Target(address, path, parameters, headers={"Accept": "application/json"})
        return {o.name: o for o in run_checks(workload, target, full=full, once=once, seed=1)}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dates change each second, and malformed requests need not be waited for so long."""
    monkeypatch.setattr(full_checks, "DATE_SECONDS", 1.1)
    monkeypatch.setattr(full_checks, "PROVOKED_SECONDS", 0.1)


@pytest.mark.parametrize("workload", PATHS)
def test_an_app_that_keeps_the_contract_passes_all_of_it(workload: str) -> None:
    outcomes = check(FakeApp, workload, full=True, once=workload == "json")
    assert {o for o in outcomes.values() if not o.passed} == set()
    assert outcomes.keys() <= CHECKS.keys()


@pytest.mark.parametrize(
    ("handler", "workload", "caught", "told"),
    [
        (IgnoresTheBody, "json", "mixing", "'body'"),
        (IgnoresTheBody, "echo", "answer", "'body'"),
        (Mixes, "json", "mixing", "of 16 whose bodies came later"),
        (ClosesConnections, "json", "kept-alive", "closes the connection after answer 1"),
        (ClosesConnections, "json", "pipelining", "answer 2 of 16"),
        (FailsEverySecondRequest, "json", "kept-alive", "request 2 on one connection"),
        (FailsEverySecondRequest, "json", "concurrent", "32 of 64 at once"),
        (AlwaysTheSameRow, "db", "random-input", "16 rows were drawn, and only 1 are different"),
        (AlwaysTheSameRow, "queries", "random-input", "only 1 are different"),
        (FewRows, "db", "random-input", "all of 16 rows drawn are from"),
        (FewRows, "queries", "random-input", "all of 40 rows drawn are from"),
        (RemembersAnswers, "queries", "random-input", "40 rows were drawn, and only"),
        (RemembersAnswers, "sleep", "waits", "100 is the least it takes"),
        (AnswersTwice, "json", "kept-alive", "comes what nobody asked for: b'HTTP/1.1 200 OK"),
        (MixesWaits, "json", "mixing", "waits: "),
        (GoesByAccept, "json", "answer", "not the message"),
        (TheIdAsTheNumber, "db", "answer", "row 7 holds"),
        (TheIdAsTheNumber, "queries", "answer", "row 7 holds"),
        (AlwaysOneRow, "queries", "answer", "1 rows, not"),
        (DoesNotSleep, "sleep", "waits", "100 is the least it takes"),
        (Unescaped, "fortunes", "answer", "<script> is not escaped"),
        (Unsorted, "fortunes", "answer", "not sorted by message"),
        (OneFortuneShort, "fortunes", "answer", "12 rows, 13 wanted"),
        (OneBrandShort, "brands", "answer", "199 rows, not 200"),
        (NoServerHeader, "json", "headers", "there is no Server header"),
        (OldDate, "json", "headers", "not as RFC 9110 writes it"),
        (WrongText, "plaintext", "answer", "not 'Hello, World!'"),
        (WrongType, "json", "answer", "content type is text/plain"),
    ],
)
def test_an_app_that_breaks_the_contract_is_caught(
    handler: type[FakeApp], workload: str, caught: str, told: str
) -> None:
    outcome = check(handler, workload)[caught]
    assert not outcome.passed
    assert told in outcome.detail


@pytest.mark.parametrize(
    ("handler", "workload", "caught", "told"),
    [
        (ServesAsError, "queries", "edges", "queries=foo: status is 500"),
        (ServesAsError, "queries", "hostile", "status is 500"),
        (AlwaysOneRow, "queries", "edges", "1 rows, not 2"),
        (SleepsForever, "sleep", "edges", "status is 200, not 4xx"),
        (BodyOfHead, "json", "head", "the GET after a HEAD on one connection: "),
        (LengthOfHead, "json", "head", "HEAD says that 0 bytes would come, GET sends 28"),
    ],
)
def test_the_edges_of_the_contract_are_checked_in_full(
    handler: type[FakeApp], workload: str, caught: str, told: str
) -> None:
    outcome = check(handler, workload, full=True, once=caught == "head")[caught]
    assert not outcome.passed
    assert told in outcome.detail


def test_a_date_that_does_not_move_and_a_delayed_ack_are_caught() -> None:
    class Both(SameDate, DelaysAcknowledged):
        """Broken twice."""

    outcomes = check(Both, "json", full=True, once=True)
    assert "after 1.1 s as before" in outcomes["date-moves"].detail
    assert "the median answer takes" in outcomes["no-delay"].detail


def test_pipelined_answers_out_of_order_are_caught() -> None:
    outcome = check(AnswersOutOfOrder, "sleep")["pipelining"]
    assert not outcome.passed
    assert "answer 1 of 16 pipelined: not slept_seconds 0.0032" in outcome.detail


def test_a_server_that_is_not_there_fails_every_check_and_raises_nothing() -> None:
    with serving(FakeApp) as address:
        gone = address
    outcomes = run_checks("json", Target(gone, "/json"))
    assert not any(outcome.passed for outcome in outcomes)
    assert "ConnectionRefusedError" in outcomes[0].detail


def test_questions_are_new_each_time() -> None:
    asked: list[str] = []
    lock = threading.Lock()

    class Listens(FakeApp):
        """Notes what is asked."""

        def sleep(self, query: dict[str, str]) -> None:
            """Its wait."""
            with lock:
                asked.append(query["seconds"])
            super().sleep(query)

    with serving(Listens) as address:
        for _ in range(2):
            run_checks("sleep", Target(address, *PATHS["sleep"]))
    own = [seconds for seconds in asked if seconds != "0.05" and len(seconds) > 6]
    assert len(set(own)) > len(own) / 2
