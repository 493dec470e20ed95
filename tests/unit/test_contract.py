"""The contract passes an app that keeps it, and catches each way of breaking it."""

import threading
import time
from typing import Any, ClassVar

import pytest

from benchrig.contract import full_checks
from benchrig.contract.names import CHECKS
from benchrig.contract.run import Outcome, run_checks
from benchrig.contract.spec import Target
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
        target = Target(address, path, parameters)
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


class IgnoresTheBody(FakeApp):
    """Repeats the number of the query."""

    def echo(self, query: dict[str, str], _: bytes) -> None:
        """The query's number twice."""
        self.document({"query": int(query["number"]), "body": int(query["number"])})


class Mixes(FakeApp):
    """Keeps the request on the app and not on the stack."""

    query: ClassVar[dict[str, str]] = {}
    body: ClassVar[bytes] = b""

    def do_POST(self) -> None:  # noqa: N802 - http.server's name
        """The head is kept, then the body is waited for, then what is kept is answered."""
        length = int(self.headers["Content-Length"])
        Mixes.query = {"number": self.path.partition("=")[2]}
        Mixes.body = self.rfile.read(length)
        self.echo(Mixes.query, Mixes.body)


class ClosesConnections(FakeApp):
    """As HTTP/1.0 did."""

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """Says so, and closes."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


class FailsEverySecondRequest(FakeApp):
    """On a kept connection."""

    def setup(self) -> None:
        """A counter for each connection."""
        super().setup()
        self.count = 0

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """The second, fourth, ... is a 500."""
        self.count += 1
        super().answer(body, kind, 500 if self.count % 2 == 0 else status)


class AlwaysTheSameRow(FakeApp):
    """A right row, but always the same."""

    def row(self) -> dict[str, int]:
        """No database needed."""
        return {"id": 1, "randomNumber": 9348}


class TheIdAsTheNumber(FakeApp):
    """Saves the reading."""

    def row(self) -> dict[str, int]:
        """Not what the database holds."""
        return {"id": 7, "randomNumber": 7}


class DoesNotSleep(FakeApp):
    """Says that it did."""

    def sleep(self, query: dict[str, str]) -> None:
        """At once."""
        self.document({"slept_seconds": float(query["seconds"])})


class Unescaped(FakeApp):
    """Lets the script through."""

    def escaped(self, text: str) -> str:
        """As it is."""
        return text


class Unsorted(FakeApp):
    """Fortunes in the table's own order."""

    def page(self, rows: list[tuple[int, str]]) -> None:
        """By id."""
        super().page(sorted(rows))


class OneFortuneShort(FakeApp):
    """Forgets the one that is added at request time."""

    def page(self, rows: list[tuple[int, str]]) -> None:
        """Without id 0."""
        super().page([row for row in rows if row[0]])


class OneBrandShort(FakeApp):
    """199 rows."""

    def document(self, document: Any) -> None:
        """Without the last."""
        super().document(document[:-1] if isinstance(document, list) else document)


class AlwaysOneRow(FakeApp):
    """Does not read the number of queries."""

    def queries(self, _: dict[str, str]) -> None:
        """One."""
        self.document([self.row()])


class NoServerHeader(FakeApp):
    """As Sanic does."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """Only the status."""
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())


class OldDate(FakeApp):
    """A Date in the form of C's asctime."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """RFC 9110 calls it obsolete."""
        return "Sun Nov  6 08:49:37 1994"


class WrongText(FakeApp):
    """One exclamation mark short."""

    def plaintext(self, _: dict[str, str]) -> None:
        """Nearly."""
        self.answer(b"Hello, World", "text/plain")


class WrongType(FakeApp):
    """JSON sent as text."""

    def json(self, _: dict[str, str]) -> None:
        """The right body."""
        self.answer(b'{"message": "Hello, World!"}', "text/plain")


@pytest.mark.parametrize(
    ("handler", "workload", "caught", "told"),
    [
        (IgnoresTheBody, "json", "mixing", "'body'"),
        (IgnoresTheBody, "echo", "answer", "'body'"),
        (Mixes, "json", "mixing", "post 1 of 16"),
        (ClosesConnections, "json", "kept-alive", "closes the connection after answer 1"),
        (ClosesConnections, "json", "pipelining", "answer 2 of 16"),
        (FailsEverySecondRequest, "json", "kept-alive", "request 2 on one connection"),
        (FailsEverySecondRequest, "json", "concurrent", "32 of 64 at once"),
        (AlwaysTheSameRow, "db", "random-input", "8 answers are all"),
        (TheIdAsTheNumber, "db", "answer", "row 7 holds"),
        (TheIdAsTheNumber, "queries", "answer", "row 7 holds"),
        (AlwaysOneRow, "queries", "answer", "1 rows, not"),
        (DoesNotSleep, "sleep", "waits", "50 is the least it takes"),
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


class ServesAsError(FakeApp):
    """Breaks on what is no number."""

    def queries(self, query: dict[str, str]) -> None:
        """A 500 for foo."""
        if not query.get("queries", "1").isdecimal():
            self.answer(b"", "text/plain", 500)
        else:
            super().queries(query)


class SleepsForever(FakeApp):
    """Takes every wait."""

    def sleep(self, query: dict[str, str]) -> None:
        """Also one that is refused by the contract."""
        self.document({"slept_seconds": query["seconds"]})


@pytest.mark.parametrize(
    ("handler", "workload", "caught", "told"),
    [
        (ServesAsError, "queries", "edges", "queries=foo: status is 500"),
        (ServesAsError, "queries", "hostile", "status is 500"),
        (AlwaysOneRow, "queries", "edges", "1 rows, not 2"),
        (SleepsForever, "sleep", "edges", "status is 200, not 4xx"),
    ],
)
def test_the_edges_of_the_contract_are_checked_in_full(
    handler: type[FakeApp], workload: str, caught: str, told: str
) -> None:
    outcome = check(handler, workload, full=True)[caught]
    assert not outcome.passed
    assert told in outcome.detail


class SameDate(FakeApp):
    """A Date that was rendered at import."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
        """Always this one."""
        return "Sun, 06 Nov 1994 08:49:37 GMT"


class DelaysAcknowledged(FakeApp):
    """Every answer 45 ms late, as with TCP_NODELAY missing."""

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """Late."""
        time.sleep(0.045)
        super().answer(body, kind, status)


def test_a_date_that_does_not_move_and_a_delayed_ack_are_caught() -> None:
    class Both(SameDate, DelaysAcknowledged):
        """Broken twice."""

    outcomes = check(Both, "json", full=True, once=True)
    assert "after 1.1 s as before" in outcomes["date-moves"].detail
    assert "the median answer takes" in outcomes["no-delay"].detail


class AnswersOutOfOrder(FakeApp):
    """Answers pipelined requests in the order in which they are done."""

    def handle(self) -> None:
        """Read everything, answer the other way round."""
        time.sleep(0.05)
        lines = self.connection.recv(65536).split(b"\r\n")
        paths = [line.split()[1] for line in lines if line.startswith(b"GET ")]
        for path in reversed(paths):
            seconds = float(path.rpartition(b"=")[2])
            body = b'{"slept_seconds": %.6f}' % seconds
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            )
            self.wfile.write(head % len(body) + body)


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
