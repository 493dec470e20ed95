"""Apps that break the contract, each in one way."""

import random
import time
from typing import Any, ClassVar

from benchrig.contract.dataset import world_number
from tests.fake_app import FakeApp


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

    def date_time_string(self, timestamp: float | None = None) -> str:
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


class SameDate(FakeApp):
    """A Date that was rendered at import."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Always this one."""
        return "Sun, 06 Nov 1994 08:49:37 GMT"


class DelaysAcknowledged(FakeApp):
    """Every answer 45 ms late, as with TCP_NODELAY missing."""

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """Late."""
        time.sleep(0.045)
        super().answer(body, kind, status)


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


class AnswersTwice(FakeApp):
    """Each answer and a copy of it: a load driver that counts answers counts both."""

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """Once more."""
        super().answer(body, kind, status)
        super().answer(body, kind, status)


class MixesWaits(FakeApp):
    """Keeps the query on the app while it waits."""

    query: ClassVar[dict[str, str]] = {}

    def sleep(self, query: dict[str, str]) -> None:
        """Waits its own time, and answers with the last one's."""
        MixesWaits.query = query
        time.sleep(float(query["seconds"]))
        self.document({"slept_seconds": float(MixesWaits.query["seconds"])})


class GoesByAccept(FakeApp):
    """Another answer to who says what it accepts, as a load driver does."""

    def json(self, query: dict[str, str]) -> None:
        """Cheaper than JSON."""
        if "Accept" in self.headers:
            self.answer(b"{}", "application/json")
        else:
            super().json(query)


class FewRows(FakeApp):
    """Draws from the first rows only, which it may well hold in memory."""

    def row(self) -> dict[str, int]:
        """One of a thousand, of ten thousand."""
        number = random.randint(1, 1000)  # noqa: S311 - no secret
        return {"id": number, "randomNumber": world_number(number)}


class RemembersAnswers(FakeApp):
    """Answers a path that it knows already from its memory, as a cache before an app does."""

    known: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        """From memory where it can."""
        if self.path in self.known:
            super().answer(self.known[self.path], "application/json")
        else:
            super().do_GET()

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """Keep it."""
        self.known[self.path] = body
        super().answer(body, kind, status)


class BodyOfHead(FakeApp):
    """Answers HEAD as if it were GET."""

    def do_HEAD(self) -> None:  # noqa: N802 - http.server's name
        """With a body, that the next answer's reader meets."""
        self.command = "GET"
        self.do_GET()


class LengthOfHead(FakeApp):
    """Says no length for HEAD that is GET's."""

    def do_HEAD(self) -> None:  # noqa: N802 - http.server's name
        """The length of nothing."""
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
