#!/usr/bin/env python3
"""A tiny HTTP server that answers from memory and stalls as a whole at regular times.

It prints its port on a line of its own once it listens. Every ``--every`` seconds, for the first
time ``--first`` seconds after its first request, it answers nothing for ``--stall`` seconds: all
connections stay open, and what came meanwhile is answered at once afterwards.
"""

import argparse
import asyncio
import time
from dataclasses import dataclass

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
END = b"\r\n\r\n"


@dataclass(frozen=True)
class Stalls:
    """When the server stalls, in seconds."""

    stall: float
    every: float
    first: float


class Answering(asyncio.Protocol):
    """Answers each request of one connection; requests have no body."""

    def __init__(self, clock: "StallClock") -> None:
        self.clock = clock
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError(transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.transport is None:
            raise RuntimeError("data before a connection")
        self.clock.begin()
        self.transport.write(ANSWER * data.count(END))


class StallClock:
    """Stops the event loop, and so the server, at the times of its plan."""

    def __init__(self, stalls: Stalls) -> None:
        self.stalls = stalls
        self.begun = False

    def begin(self) -> None:
        """The first request starts the clock, so that load and stalls keep in step."""
        if self.begun or self.stalls.stall <= 0:
            return
        self.begun = True
        self._at(asyncio.get_running_loop().time() + self.stalls.first)

    def _at(self, when: float) -> None:
        asyncio.get_running_loop().call_at(when, self._stall, when)

    def _stall(self, when: float) -> None:
        until = when + self.stalls.stall
        time.sleep(max(0.0, until - asyncio.get_running_loop().time()))
        self._at(when + self.stalls.every)


async def serve(port: int, stalls: Stalls) -> None:
    """Serve on 127.0.0.1 until killed; port 0 takes a free one."""
    clock = StallClock(stalls)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(clock), "127.0.0.1", port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--stall", type=float, default=1.0, help="seconds without an answer")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between stall starts")
    parser.add_argument("--first", type=float, default=5.0, help="seconds to the first stall")
    given = parser.parse_args()
    asyncio.run(serve(given.port, Stalls(given.stall, given.every, given.first)))


if __name__ == "__main__":
    main()
