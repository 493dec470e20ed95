"""JSON lines on standard input and output: how the control node talks to a program on a host."""

import json
import os
import select
import time
from typing import Any

STANDARD_INPUT = 0


class Closed(Exception):
    """The control node is gone."""


class Lines:
    """Messages in, events out."""

    def __init__(self) -> None:
        self._buffer = b""

    def receive(self, timeout_seconds: float, wake: int | None = None) -> dict[str, Any] | None:
        """The next message; ``None`` when time is up or the descriptor ``wake`` became readable.

        Raises:
            Closed: the channel ended.
        """
        deadline = time.monotonic() + timeout_seconds
        watched = [STANDARD_INPUT, *([] if wake is None else [wake])]
        while b"\n" not in self._buffer:
            ready = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))[0]
            if STANDARD_INPUT in ready:
                part = os.read(STANDARD_INPUT, 65536)
                if not part:
                    raise Closed
                self._buffer += part
            else:
                return None
        line, self._buffer = self._buffer.split(b"\n", 1)
        message: dict[str, Any] = json.loads(line)
        return message

    def send(self, event: dict[str, Any]) -> None:
        """Write one event."""
        print(json.dumps(event, separators=(",", ":")), flush=True)
