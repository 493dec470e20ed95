"""A light second client that goes on checking answers while the load runs.

Few requests, one at a time, on a connection of its own; each is a new question, judged by the
workload's contract. A server that answers wrongly only under load shows here. The control node
says ``{"ask": "begin", ...}``, later ``{"ask": "end"}``, and is told how many were asked.
"""

import argparse
import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from benchrig.contract.http import Connection, NoAnswer
from benchrig.contract.session import LEASE_SECONDS
from benchrig.contract.spec import Question, Target
from benchrig.contract.workloads import find
from benchrig.host.lines import Closed, Lines
from benchrig.host.verify import target_of

INTERVAL_SECONDS = 0.25  # at most four requests a second, whatever the load
TIMEOUT_SECONDS = 8.0
# A server may make Date anew every ten turns of its loop, which handlers that block make long.
DATE_SECONDS, DATE_ANSWERS = 5.0, 25


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host sample``."""
    parser = commands.add_parser("sample", help="check a few answers while a load runs")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Serve until the control node ends the session or is gone."""
    lines = Lines()
    sampler: Sampler | None = None
    try:
        while (message := lines.receive(LEASE_SECONDS)) is not None:
            if message["ask"] == "begin":
                sampler = Sampler(target_of(message), message["contract"])
                sampler.start()
                lines.send({"begun": True})
            elif message["ask"] == "end" and sampler:
                lines.send(sampler.end())
    except Closed:
        pass  # the thread is a daemon: it goes with the program
    return 0


@dataclass
class Sampled:
    """What the sampler has seen: requests asked, those answered wrongly, those without answer."""

    asked: int = 0
    wrong: int = 0
    unanswered: int = 0
    first_wrong: str = ""


@dataclass
class Date:
    """Whether the Date header moves; a server that sends none is told of elsewhere."""

    _shown: str = ""
    _since: float = 0.0
    _answers: int = 0

    def fault(self, shown: str, now: float) -> str:
        """What is wrong with the Date of one more answer, at so many seconds of a steady clock."""
        if shown != self._shown:
            self._shown, self._since, self._answers = shown, now, 0
        self._answers += 1
        stands = now - self._since
        if not shown or self._answers < DATE_ANSWERS or stands < DATE_SECONDS:
            return ""
        return f"Date is {shown} for {stands:.0f} s and {self._answers} answers"


@dataclass
class Sampler:
    """Asks in a thread of its own until told to end."""

    target: Target
    contract: str
    _sampled: Sampled = field(default_factory=Sampled)
    _date: Date = field(default_factory=Date)
    _ended: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to ask, once the app has answered what an earlier load left behind.

        Clients that went away had requests under way, which many a server works off before it
        answers anybody else. A workload that HTTP can not ask for is left alone.
        """
        ask = find(self.contract).asked_with(self.target.headers).ask
        if ask:
            rng = random.Random()  # noqa: S311 - no secret is made of it
            with suppress(NoAnswer), Connection(self.target.address, TIMEOUT_SECONDS) as first:
                first.ask(ask(self.target, rng).request)
            threading.Thread(
                target=self._sample, args=(lambda: ask(self.target, rng),), daemon=True
            ).start()

    def end(self) -> dict[str, Any]:
        """Ask no more, and tell what was seen; a request under way is not waited for."""
        self._ended.set()
        return dict(vars(self._sampled))

    def _sample(self, new_question: Any) -> None:
        with Connection(self.target.address, TIMEOUT_SECONDS) as connection:
            while not self._ended.wait(INTERVAL_SECONDS):
                self._ask(new_question(), connection)

    def _ask(self, question: Question, connection: Connection) -> None:
        try:
            answer = connection.ask(question.request)
        except NoAnswer:
            if not self._ended.is_set():
                self._sampled.asked += 1
                self._sampled.unanswered += 1
            return
        if self._ended.is_set():
            return
        self._sampled.asked += 1
        date = answer.headers.get("date", "")
        fault = question.fault(answer) or self._date.fault(date, time.monotonic())
        if fault:
            self._sampled.wrong += 1
            path = question.request.path[:80]
            self._sampled.first_wrong = self._sampled.first_wrong or f"{path}: {fault}"
