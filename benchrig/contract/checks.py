"""What is asked of every workload before each load: cheap, and more than one curl would find."""

import contextlib
import email.utils
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from benchrig.contract.http import TIMEOUT_SECONDS, Answer, Connection, NoAnswer, Request
from benchrig.contract.http import ask as ask_once
from benchrig.contract.spec import Contract, Question, Target
from benchrig.contract.workloads import echo, sleep

KEPT_REQUESTS = 10
UNASKED_SECONDS = 0.05
CONNECTIONS, EACH = 16, 4
PIPELINED = 16
PIPELINED_SECONDS = 5.0
ROUNDS = 2
BODY_TAIL_BYTES = 8
WAITS_MICROSECONDS = (1_000, 10_000)
APART_SECONDS = 0.01  # so that the server sees all heads before the first body is complete
ECHO_PATH = "/echo?number={number}"
SLEEP_PATH = "/sleep?seconds={seconds}"


@dataclass(frozen=True)
class Subject:
    """What is checked: one workload of a running app. ``rng`` makes the questions."""

    target: Target
    contract: Contract
    rng: random.Random

    def question(self) -> Question:
        """A new question about the workload; about echo where it has none of its own."""
        if self.contract.ask:
            return self.contract.ask(self.target, self.rng)
        return self.echo_question()

    def echo_question(self) -> Question:
        """A question with two numbers of its own, which every app answers."""
        return echo.ask(replace(self.target, path=ECHO_PATH), self.rng)

    def sleep_question(self, seconds: float) -> Question:
        """A question that takes so long to answer, which every app answers."""
        return sleep.question(replace(self.target, path=SLEEP_PATH), seconds)


Check = Callable[[Subject], str]


def answer(subject: Subject) -> str:
    """One request."""
    return put_once(subject.question(), subject.target)


def headers(subject: Subject) -> str:
    """The headers that TechEmpower's rules ask for."""
    request = subject.question().request
    request = replace(request, headers={**request.headers, "Accept-Encoding": "gzip"})
    if request.method != "GET":
        request = Request("/plaintext", headers={"Accept-Encoding": "gzip"})
    return header_fault(ask_once(subject.target.address, request))


def header_fault(given: Answer) -> str:
    """What is wrong with the headers of an answer."""
    for name in ("server", "date"):
        if name not in given.headers:
            return f"there is no {name.title()} header"
    try:
        parsed = email.utils.parsedate_to_datetime(given.headers["date"])
        written = email.utils.format_datetime(parsed, usegmt=True)
    except ValueError:
        written = ""
    if given.headers["date"] != written:
        return f"Date is {given.headers['date']!r}, not as RFC 9110 writes it"
    if not {"content-length", "transfer-encoding"} & given.headers.keys():
        return "there is neither Content-Length nor Transfer-Encoding"
    if "content-encoding" in given.headers:
        return f"Content-Encoding is {given.headers['content-encoding']}"
    return ""


def kept_alive(subject: Subject) -> str:
    """Several requests on one connection: a single one proves little."""
    with Connection(subject.target.address) as connection:
        for number in range(1, KEPT_REQUESTS + 1):
            fault = put(subject.question(), connection)
            if fault:
                return f"request {number} on one connection: {fault}"
            if not connection.is_open:
                return f"the server closes the connection after answer {number}"
        late = connection.unasked(UNASKED_SECONDS)
    return f"after the last answer comes what nobody asked for: {late[:40]!r}" if late else ""


def concurrent(subject: Subject) -> str:
    """Many at once, each question new where the workload has something to choose."""
    return at_once(subject.target, [subject.question() for _ in range(CONNECTIONS * EACH)])


def mixing(subject: Subject) -> str:
    """Posts whose heads come first and bodies later, then waits at once: each has its own numbers.

    A request is mixed up with others while the app waits: for its body, or for something else.
    """
    for _ in range(ROUNDS):
        fault = _interleaved(subject, [subject.echo_question() for _ in range(CONNECTIONS)])
        if fault:
            return fault
    waits = [subject.rng.randrange(*WAITS_MICROSECONDS) / 1e6 for _ in range(CONNECTIONS)]
    fault = at_once(subject.target, [subject.sleep_question(seconds) for seconds in waits])
    return f"waits: {fault}" if fault else ""


def _interleaved(subject: Subject, questions: list[Question]) -> str:
    address = subject.target.address
    encoded = [question.request.encoded(address) for question in questions]
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(Connection(subject.target.address)) for _ in questions]
        pairs = list(zip(connections, encoded, strict=True))
        for connection, data in pairs:
            connection.send(data[:-BODY_TAIL_BYTES])
        time.sleep(APART_SECONDS)
        for connection, data in reversed(pairs):  # the last one first: who mixes, answers with its
            connection.send(data[-BODY_TAIL_BYTES:])
        for number, (connection, question) in enumerate(zip(connections, questions, strict=True)):
            fault = question.fault(connection.receive("POST"))
            if fault:
                return f"post {number + 1} of {len(questions)} whose bodies came later: {fault}"
            connection.close()
    return ""


def pipelining(subject: Subject) -> str:
    """Requests that take longer the earlier they were sent are still answered in order."""
    waits = [round(0.0002 * (PIPELINED - index), 6) for index in range(PIPELINED)]
    questions = [subject.sleep_question(seconds) for seconds in waits]
    with Connection(subject.target.address, PIPELINED_SECONDS) as connection:
        address = subject.target.address
        connection.send(b"".join(question.request.encoded(address) for question in questions))
        for number, question in enumerate(questions, 1):
            try:
                fault = question.fault(connection.receive())
            except NoAnswer as error:
                fault = str(error)
            if fault:
                return f"answer {number} of {PIPELINED} pipelined: {fault}"
    return ""


def put(question: Question, connection: Connection) -> str:
    """Ask on a connection; what is wrong with the answer, and to which question."""
    try:
        fault = question.fault(connection.ask(question.request))
    except NoAnswer as error:
        fault = str(error)
    return f"{question.request.method} {question.request.path[:80]}: {fault}" if fault else ""


def put_once(question: Question, target: Target) -> str:
    """Ask on a connection of its own."""
    with Connection(target.address) as connection:
        return put(question, connection)


def at_once(
    target: Target,
    questions: list[Question],
    connections: int = CONNECTIONS,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> str:
    """Ask all questions over so many connections at once; the faults counted, the first told."""

    def share(first: int) -> list[str]:
        with Connection(target.address, timeout_seconds) as connection:
            return [put(question, connection) for question in questions[first::connections]]

    with ThreadPoolExecutor(connections) as pool:
        faults = [fault for part in pool.map(share, range(connections)) for fault in part if fault]
    if not faults:
        return ""
    return f"{len(faults)} of {len(questions)} at once went wrong, the first: {faults[0]}"


FAST: dict[str, Check] = {
    "answer": answer,
    "headers": headers,
    "kept-alive": kept_alive,
    "concurrent": concurrent,
    "mixing": mixing,
    "pipelining": pipelining,
}
