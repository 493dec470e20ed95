"""WebSockets: many that are opened and held, and hear how many they are after each change."""

from collections.abc import Callable

from benchrig.drivers import live
from benchrig.drivers.base import Abilities, Driver, LoadRequest, LoadResult, Output, Tool

LIB = "/opt/benchrig/lib"
PYTHON = "/opt/benchrig/venvs/load/bin/python"
PROGRAM = "benchrig.load.counter_sockets"


class Websocket(Driver):
    """Joins one by one until all are open, then one leaves and joins again, until time is up.

    A request is a message that a socket heard. Its latency is the time from the join or leave that
    caused it; the next change begins when all have heard of the one before.
    """

    name = "websocket"
    summary = "WebSockets opened and held; messages/s while one after the other leaves and joins"
    abilities = Abilities(
        closed_loop=True,
        open_loop=False,
        live=True,
        fixed_requests=False,
        pipelining=False,
        duration=True,
        spawn_rate=True,
        protocols=("WebSocket",),
        latency="every message on every socket, 1 µs, from the change that caused it",
        blind_spots="one Python process on one host: it is the limit at some 20,000 messages/s",
        threads=False,
        several_hosts=False,
    )

    def argv(self, request: LoadRequest) -> list[str]:
        """The program's command line."""
        return [
            *("env", f"PYTHONPATH={LIB}", PYTHON, "-m", PROGRAM),
            f"--sockets={request.connections}",
            f"--seconds={request.duration_seconds:g}",
            f"--timeout={request.timeout_seconds:g}",
            f"--spawn-rate={request.spawn_rate_per_second:g}",
            request.url.replace("http://", "ws://", 1),
        ]

    def parse(self, output: Output) -> LoadResult:
        """The live record that the program writes."""
        return live.result(output.files.get(live.LIVE_FILE, ""))

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """The library tells its version."""
        told = run([PYTHON, "-c", "import websockets; print(websockets.__version__)"]).strip()
        return Tool(told if told[:1].isdigit() else "", live=True)


DRIVER = Websocket()
