"""A program on a host that answers JSON lines for as long as its SSH channel lives."""

import itertools
import json
import queue
import threading
import time
from collections.abc import Sequence
from typing import Any

import paramiko

from benchrig.contract.session import ALIVE, ALIVE_SECONDS, FAILED, QUESTION
from benchrig.errors import BenchrigError
from benchrig.remote.connection import Remote

ANSWER_SECONDS = 20.0


class Session:
    """One line-JSON conversation; when either side goes, the other one ends too.

    A network that is cut without a word tells nobody. So the host hears every few seconds that we
    are still there, whatever else is said, and ends when it does not.

    Raises:
        BenchrigError: the connection is gone.
    """

    def __init__(self, remote: Remote, argv: Sequence[str]) -> None:
        self.name = remote.host.name
        self._turn = threading.Lock()
        self._writing = threading.Lock()
        self._numbers = itertools.count(1)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._ended = threading.Event()
        try:
            self._channel = remote.transport.open_session()
            self._channel.exec_command(remote.command_line(argv))
        except (OSError, paramiko.SSHException, EOFError) as error:
            raise BenchrigError(
                f"the SSH connection was lost: {error}", where=f"host '{self.name}'"
            ) from error
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._stay_alive, daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        """Write one message.

        Raises:
            BenchrigError: the channel is gone.
        """
        try:
            with self._writing:
                self._channel.sendall(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise self._gone() from error

    def receive(self, timeout_seconds: float = ANSWER_SECONDS) -> dict[str, Any]:
        """The next message.

        Raises:
            TimeoutError: none came in time.
            BenchrigError: the channel is gone.
        """
        try:
            line = self._lines.get(timeout=max(0.0, timeout_seconds))
        except queue.Empty as error:
            raise TimeoutError(f"{self.name}: no answer within {timeout_seconds:.0f} s") from error
        if line is None:
            self._lines.put(None)
            raise self._gone()
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError as error:  # cut off in the middle
            raise self._gone() from error
        return message

    def ask(
        self, message: dict[str, Any], timeout_seconds: float = ANSWER_SECONDS
    ) -> dict[str, Any]:
        """Send one message and wait for the answer to it; threads take turns.

        The host says which question it answers: an answer that came too late, or that Ctrl-C kept
        from being read, is not taken for that to the next one.

        Raises:
            BenchrigError: no answer in time, the host could not do it, or the channel is gone.
        """
        with self._turn:
            number, deadline = next(self._numbers), time.monotonic() + timeout_seconds
            self.send(message | {QUESTION: number})
            try:
                while (answer := self.receive(deadline - time.monotonic())).pop(
                    QUESTION, number
                ) != number:
                    pass
            except TimeoutError as error:
                raise BenchrigError(
                    f"no answer to '{message['ask']}' within {timeout_seconds:.0f} s",
                    where=f"host '{self.name}'",
                ) from error
        if FAILED in answer:
            raise BenchrigError(
                f"'{message['ask']}': {answer[FAILED]}", where=f"host '{self.name}'"
            )
        return answer

    def close(self) -> None:
        """End the program on the host."""
        self._channel.close()

    def clock_offset(self, rounds: int = 5) -> tuple[float, float]:
        """Host clock minus ours, in seconds, and the uncertainty (half the best round trip)."""
        best = (float("inf"), 0.0)
        for _ in range(rounds):
            sent = time.time()
            there = float(self.ask({"ask": "clock"})["unix"])
            received = time.time()
            best = min(best, ((received - sent) / 2, there - (sent + received) / 2))
        return best[1], best[0]

    def _gone(self) -> BenchrigError:
        said = b""
        while self._channel.recv_stderr_ready():
            said += self._channel.recv_stderr(65536)
        return BenchrigError(
            f"the connection ended: {said.decode(errors='replace').strip() or 'no reason given'}",
            where=f"host '{self.name}'",
        )

    def _stay_alive(self) -> None:
        while not self._ended.wait(ALIVE_SECONDS):
            try:
                self.send({"ask": ALIVE})
            except BenchrigError:
                return  # who asks next is told

    def _read(self) -> None:
        try:
            for line in self._channel.makefile("r"):
                self._lines.put(line)
        except OSError:
            pass  # told below: the queue's end is how the reader says that the channel is gone
        self._ended.set()
        self._lines.put(None)
