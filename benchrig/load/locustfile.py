"""What Locust runs: users that ask for one URL again and again, and the live record of it.

Locust passes no arguments of its own on: the driver sets ``BENCHRIG_*`` in the environment.
"""

import json
import os
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, constant, events, task
from locust.env import Environment

from benchrig.drivers.live import LIVE_FILE
from benchrig.load.live_writer import LiveWriter

PATH = os.environ["BENCHRIG_PATH"]
HEADERS = json.loads(os.environ["BENCHRIG_HEADERS"])
TIMEOUT_SECONDS = float(os.environ["BENCHRIG_TIMEOUT_SECONDS"])
USERS = int(os.environ["BENCHRIG_USERS"])
TICK_SECONDS = 0.2

writer = LiveWriter(Path(LIVE_FILE), PATH, USERS)


class Client(FastHttpUser):
    """One user: asks, waits for the answer, asks again at once."""

    wait_time = constant(0)
    connection_timeout = TIMEOUT_SECONDS
    network_timeout = TIMEOUT_SECONDS

    @task
    def ask(self) -> None:
        """One request."""
        writer.in_flight += 1
        try:
            self.client.get(PATH, headers=HEADERS)
        finally:
            writer.in_flight -= 1

    def on_start(self) -> None:
        """One more user, one more connection."""
        writer.opened()

    def on_stop(self) -> None:
        """One fewer."""
        writer.closed()


@events.request.add_listener
def count(
    response_time: float, response_length: int, response: Any, exception: Any, **_: Any
) -> None:
    """Locust tells of every request here."""
    status = getattr(response, "status_code", 0)
    if status:
        writer.answer(round(response_time * 1000), status, response_length)
        return
    name = type(exception).__name__
    late = "timeout" in f"{name} {exception}".lower()
    refused = "refused" in str(exception)
    writer.error("timeout" if late else "connect" if refused else "read", name)


@events.init.add_listener
def follow(environment: Environment, **_: Any) -> None:
    """Write a line now and then for as long as Locust runs."""

    def ticks() -> None:
        while True:
            gevent.sleep(TICK_SECONDS)
            writer.tick()

    ticking = gevent.spawn(ticks)

    def end(**_: Any) -> None:
        ticking.kill()
        writer.finish()

    environment.events.quit.add_listener(end)
