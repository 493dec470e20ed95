"""What a workload's contract is made of."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

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
    """

    address: Address
    path: str
    parameters: dict[str, float] = field(default_factory=dict)
    peer: Address = ("", 0)

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
        cached: only that there are fewer reads than rows asked for.
    """

    question: Callable[[Target], Question]
    table: str
    reads: int
    rows: int
    writes: tuple[int, ...] = (0,)
    cached: bool = False


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
        checks: further checks of this workload before every load, by the name of the check.
        full_checks: those of ``fab verify`` alone.
    """

    ask: Ask | None
    edges: Callable[[Target], list[Question]] = lambda _: []
    hostile: Callable[[Target], list[Request]] = lambda _: []
    statements: Statements | None = None
    checks: dict[str, WorkloadCheck] = field(default_factory=dict)
    full_checks: dict[str, WorkloadCheck] = field(default_factory=dict)


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
    """What is wrong when the answer must be right, and not come before ``seconds`` have passed."""
    begin = time.monotonic()
    try:
        fault = question.fault(ask_once(target.address, question.request))
    except NoAnswer as error:
        return str(error)
    took = time.monotonic() - begin
    early = f"answered after {took * 1000:.0f} ms, {seconds * 1000:.0f} is the least it takes"
    return fault or (early if took < seconds else "")
