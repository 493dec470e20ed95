"""What ``fab verify`` asks beside the cheap checks: slower, or rougher with the server."""

import statistics
import time
from dataclasses import replace

from benchrig.contract.checks import Check, Subject, answer, put, put_once
from benchrig.contract.http import Answer, Connection, NoAnswer, Request
from benchrig.contract.http import ask as ask_once
from benchrig.contract.spec import Question
from benchrig.contract.workloads import json

DATE_SECONDS = 3.0
DELAY_SECONDS = 0.03  # Linux delays an ACK by 40 ms at least
PROVOKED_SECONDS = 0.5
HOSTILE_PATHS = ("/no-such-path", "/plaintext/../../etc/passwd", "/%00", "/" + "a" * 8_000)
NESTED = b"[" * 20_000  # deeper than Python's JSON parser goes: a 500 is well, an end is not
MALFORMED = (
    b"POST /echo?number=1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(NESTED), NESTED),
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /plaintext HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
    b"GET /plaintext HTTP/1.1\r\nHost: x\r\n" + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"POST /echo?number=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
)


def edges(subject: Subject) -> str:
    """The fixed questions of the workload."""
    for question in subject.contract.edges(subject.target):
        fault = put_once(question, subject.target)
        if fault:
            return fault
    return ""


def hostile(subject: Subject) -> str:
    """Inputs meant to break the app get no 5xx, and it answers rightly afterwards."""
    requests = [*subject.contract.hostile(subject.target), *map(Request, HOSTILE_PATHS)]
    requests.append(Request("/plaintext", method="DELETE"))
    for request in requests:
        fault = put_once(Question(request, _broken), subject.target)
        if fault:
            return fault
    return answer(subject)


def malformed(subject: Subject) -> str:
    """After what is no HTTP, or hardly, the server answers rightly."""
    for data in MALFORMED:
        _provoke(subject, data)
        fault = answer(subject)
        if fault:
            return f"after {data[:40]!r}: {fault}"
    return ""


def _broken(given: Answer) -> str:
    return f"status is {given.status}" if given.status >= 500 else ""


def _provoke(subject: Subject, data: bytes) -> None:
    """Send bytes that are no request; refusing, closing and ignoring them are all well."""
    with Connection(subject.target.address, PROVOKED_SECONDS) as connection:
        try:
            connection.send(data)
            connection.read_some()
        except NoAnswer:
            return


def date_moves(subject: Subject) -> str:
    """Date is no constant: another one three seconds later (TechEmpower's rule)."""
    request = Request("/plaintext")
    first = ask_once(subject.target.address, request).headers.get("date")
    time.sleep(DATE_SECONDS)
    second = ask_once(subject.target.address, request).headers.get("date")
    return "" if first != second else f"Date is {second} after {DATE_SECONDS:g} s as before"


def no_delay(subject: Subject) -> str:
    """The median answer on a kept connection takes less than a delayed ACK would."""
    took = []
    question = Question(Request("/json"), lambda _: "")
    with Connection(subject.target.address) as connection:
        for _ in range(10):
            begin = time.monotonic()
            fault = put(question, connection)
            if fault:
                return fault
            took.append(time.monotonic() - begin)
    median = statistics.median(took)
    return "" if median < DELAY_SECONDS else f"the median answer takes {median * 1000:.0f} ms"


def head(subject: Subject) -> str:
    """HEAD gets no body, and the length that GET gets; the connection is in step afterwards."""
    question = json.ask(replace(subject.target, path="/json"), subject.rng)
    with Connection(subject.target.address) as connection:
        given = connection.ask(replace(question.request, method="HEAD"))
        if given.status >= 500:
            return f"HEAD /json: status is {given.status}"
        try:
            got = connection.ask(question.request)
        except NoAnswer as error:
            return f"the GET after a HEAD on one connection: {error}"
    told = given.headers.get("content-length", "")
    if given.status == 200 and told not in ("", str(len(got.body))):
        return f"HEAD says that {told} bytes would come, GET sends {len(got.body)}"
    return question.fault(got)


FULL: dict[str, Check] = {
    "edges": edges,
    "hostile": hostile,
    "malformed": malformed,
    "head": head,
    "date-moves": date_moves,
    "no-delay": no_delay,
}
