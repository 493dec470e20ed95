"""What a workload's contract is made of."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from benchrig.contract.http import Address, Answer, NoAnswer, Request
from benchrig.contract.http import ask as ask_once


@dataclass(frozen=True)
class Question:
    """A request, and what is wrong with an answer to it (empty when nothing is)."""

    request: Request
    fault: Callable[[Answer], str]


@dataclass(frozen=True)
class Target:
    """Where one workload is asked for.

    Attributes:
        path: with ``{parameters}``, as workloads.yml has it.
        parameters: their values where a question does not choose its own.
        peer: the service on another host that the app calls.
        headers: what the load sends: an app may go by them, so the contract sends them too.
    """

    address: Address
    path: str
    parameters: dict[str, float] = field(default_factory=dict)
    peer: Address = ("", 0)
    headers: dict[str, str] = field(default_factory=dict)

    def at(self, **values: float | str) -> str:
        """The path with these values."""
        texts = {key: plain(value) for key, value in {**self.parameters, **values}.items()}
        return self.path.format_map(texts)


@dataclass(frozen=True)
class Statements:
    """The SQL that one request must cause, counted by the database itself.

    Attributes:
        question: the request that is counted.
        reads: SELECT statements per request, and ``rows`` the rows they give.
        writes: numbers of UPDATE statements per request that are right.
        cached: only that there are some reads, and fewer than rows asked for.
    """

    question: Callable[[Target], Question]
    table: str
    reads: int
    rows: int
    writes: tuple[int, ...] = (0,)
    cached: bool = False


@dataclass(frozen=True)
class Change:
    """A change of the dataset that must be in the next answer: nothing may remember what it read.

    Attributes:
        sql: makes it; the number in it is another one each time.
        question: a request whose answer must tell of the change with that number.
    """

    sql: Callable[[int], str]
    question: Callable[[Target, int], Question]


Ask = Callable[[Target, random.Random], Question]
WorkloadCheck = Callable[[Target, random.Random], str]


@dataclass(frozen=True)
class Contract:
    """What one workload must answer; a module of ``contract/workloads`` has one as ``CONTRACT``.

    Attributes:
        ask: a cheap question that is new each time; ``None`` where HTTP does not ask it.
        edges: fixed questions with exact answers.
        hostile: paths that must not break the app; what they answer matters little.
        statements: the SQL behind it, where there is any.
        change: of what it reads, where every answer must be read anew.
        checks: further checks of this workload before every load, by the name of the check.
        full_checks: those of ``fab verify`` alone.
    """

    ask: Ask | None
    edges: Callable[[Target], list[Question]] = lambda _: []
    hostile: Callable[[Target], list[Request]] = lambda _: []
    statements: Statements | None = None
    change: Change | None = None
    checks: dict[str, WorkloadCheck] = field(default_factory=dict)
    full_checks: dict[str, WorkloadCheck] = field(default_factory=dict)

    def asked_with(self, headers: dict[str, str]) -> "Contract":
        """The same, with these headers on every question of its own."""

        def sent(question: Question) -> Question:
            return replace(question, request=with_headers(question.request))

        def with_headers(request: Request) -> Request:
            return replace(request, headers={**headers, **request.headers})

        ask, counted, change = self.ask, self.statements, self.change
        return replace(
            self,
            ask=ask and (lambda target, rng: sent(ask(target, rng))),
            edges=lambda target: [sent(question) for question in self.edges(target)],
            hostile=lambda target: [with_headers(each) for each in self.hostile(target)],
            statements=counted
            and replace(counted, question=lambda target: sent(counted.question(target))),
            change=change
            and replace(change, question=lambda target, key: sent(change.question(target, key))),
        )


def plain(value: float | str) -> str:
    """A number as a person writes it: 20, 0.25; never 1e+06."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else f"{value:.9f}".rstrip("0")


def json_of(answer: Answer) -> object:
    """The body as JSON; ``None`` when it is none."""
    try:
        parsed: object = json.loads(answer.body)
    except ValueError:
        return None
    return parsed


def content_type_fault(answer: Answer, wanted: str, charset: str = "optional") -> str:
    """What is wrong with the Content-Type; charset UTF-8 is ``optional`` or ``required``."""
    given = answer.headers.get("content-type", "")
    kind, _, parameter = given.partition(";")
    parameter = parameter.strip().lower()
    if kind.strip().lower() != wanted:
        return f"content type is {given or 'missing'}, not {wanted}"
    if parameter not in ("charset=utf-8", *(() if charset == "required" else ("",))):
        return f"content type is {given}, its charset not UTF-8"
    return ""


def status_fault(answer: Answer) -> str:
    """What is wrong with the status of an answer that should be good."""
    return "" if answer.status == 200 else f"status is {answer.status}, not 200"


def json_question(request: Request, fault: Callable[[object], str]) -> Question:
    """A question that is answered in JSON; ``fault`` judges the parsed document."""

    def judge(answer: Answer) -> str:
        wrong = status_fault(answer) or content_type_fault(answer, "application/json")
        if wrong:
            return wrong
        told = fault(json_of(answer))
        return f"{told}: the body is {answer.excerpt()}" if told else ""

    return Question(request, judge)


def refused(request: Request) -> Question:
    """A question outside the contract: the app says so with a 4xx."""

    def judge(answer: Answer) -> str:
        return "" if 400 <= answer.status < 500 else f"status is {answer.status}, not 4xx"

    return Question(request, judge)


def waits_fault(target: Target, question: Question, seconds: float) -> str:
    """What is wrong when each of two answers to the same must be right, and take ``seconds``.

    The second one shows an app, or a proxy before it, that remembers answers.
    """
    return _wait_fault(target, question, seconds) or _wait_fault(target, question, seconds)


def _wait_fault(target: Target, question: Question, seconds: float) -> str:
    begin = time.monotonic()
    try:
        fault = question.fault(ask_once(target.address, question.request))
    except NoAnswer as error:
        return str(error)
    took = time.monotonic() - begin
    early = f"answered after {took * 1000:.0f} ms, {seconds * 1000:.0f} is the least it takes"
    return fault or (early if took < seconds else "")
