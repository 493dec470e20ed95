"""Holds WebSockets open against a counter, and times how soon each hears of each join and leave.

After every change all open sockets hear how many they are. Changes come one at a time, so a message
belongs to exactly one of them, and a wrong count is seen.
"""

import argparse
import asyncio
import signal
import sys
import time
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from benchrig.drivers.live import LIVE_FILE
from benchrig.load.live_writer import LiveWriter

TICK_SECONDS = 0.2
RETRY_SECONDS = 0.1  # after a refused join: a dead server is asked ten times a second, not more


class Crowd:
    """All open sockets, and the change they are hearing of now."""

    def __init__(self, url: str, timeout_seconds: float, writer: LiveWriter) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._writer = writer
        self._sockets: list[ClientConnection] = []
        self._listening: set[asyncio.Task[None]] = set()
        self._waiting: set[object] = set()
        self._count, self._began = 0, 0.0
        self._heard_by_all = asyncio.Event()

    @property
    def size(self) -> int:
        """How many are open."""
        return len(self._sockets)

    async def join(self) -> None:
        """Open one more and wait until all have heard of it."""
        ticket = object()  # stands for the newcomer until its socket is there
        self._begin(self.size + 1, {*self._sockets, ticket})
        try:
            socket = await connect(
                self._url,
                open_timeout=self._timeout_seconds,
                compression=None,
                ping_interval=None,
                close_timeout=self._timeout_seconds,
                max_queue=None,
            )
        except (OSError, TimeoutError, InvalidHandshake, EOFError) as error:
            kind = "timeout" if isinstance(error, TimeoutError) else "connect"
            self._writer.error(kind, type(error).__name__)
            self._end()
            await asyncio.sleep(RETRY_SECONDS)
            return
        self._writer.opened()
        self._sockets.append(socket)
        self._waiting = {socket if who is ticket else who for who in self._waiting}
        task = asyncio.create_task(self._listen(socket))
        self._listening.add(task)
        task.add_done_callback(self._listening.discard)
        await self._all_heard()

    async def leave(self) -> None:
        """Close the oldest and wait until all others have heard of it."""
        socket = self._sockets.pop(0)
        self._begin(self.size, set(self._sockets))
        self._writer.closed()
        await socket.close()
        await self._all_heard()

    def drop(self) -> None:
        """Close all at once, without a farewell."""
        for task in self._listening:
            task.cancel()
        for socket in self._sockets:
            socket.transport.abort()

    def _begin(self, count: int, waiting: set[object]) -> None:
        self._count, self._waiting, self._began = count, waiting, time.perf_counter()
        self._writer.in_flight = len(waiting)
        self._heard_by_all.clear()

    def _end(self) -> None:
        self._waiting = set()
        self._writer.in_flight = 0

    async def _all_heard(self) -> None:
        try:
            if self._waiting:
                await asyncio.wait_for(self._heard_by_all.wait(), self._timeout_seconds)
        except TimeoutError:
            for _ in self._waiting:
                self._writer.error("timeout", "")
            self._end()

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for message in socket:
                self._hear(socket, message)
        except ConnectionClosed:
            pass  # told below, as any other end is
        if socket in self._sockets:
            self._sockets.remove(socket)
            self._writer.closed()
            self._writer.error("read", "closed by the server")
            self._strike(socket)

    def _hear(self, socket: ClientConnection, message: str | bytes) -> None:
        if message != str(self._count) or socket not in self._waiting:
            self._writer.error("read", "wrong count")
            return
        latency = time.perf_counter() - self._began
        self._writer.answer(round(latency * 1e6), 200, len(message))
        self._strike(socket)

    def _strike(self, socket: ClientConnection) -> None:
        self._waiting.discard(socket)
        self._writer.in_flight = len(self._waiting)
        if not self._waiting:
            self._heard_by_all.set()


async def change(crowd: Crowd, sockets: int, spawn_rate: float) -> None:
    """Join until all are open, then leave and join in turn, for ever."""
    begin, joined = time.monotonic(), 0
    while True:
        if crowd.size >= sockets:
            await crowd.leave()
            continue
        if spawn_rate and joined < sockets:
            await asyncio.sleep(max(0.0, begin + joined / spawn_rate - time.monotonic()))
        await crowd.join()
        joined += 1


async def tick(writer: LiveWriter) -> None:
    """Write a line now and then."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        writer.tick()


async def run(options: argparse.Namespace) -> None:
    """Load the server until time is up or a signal comes, and write the record."""
    writer = LiveWriter(Path(LIVE_FILE), options.url, options.sockets)
    crowd = Crowd(options.url, options.timeout, writer)
    stop, signals = asyncio.Event(), list[str]()

    def told(name: str) -> None:
        signals.append(name)
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, told, name.name)
    work = [change(crowd, options.sockets, options.spawn_rate), tick(writer)]
    tasks = [asyncio.create_task(each) for each in work]
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait(
        [*tasks, stopped], timeout=options.seconds, return_when=asyncio.FIRST_COMPLETED
    )
    failed = [task for task in tasks if task.done()]
    for task in (*tasks, stopped):
        task.cancel()
    writer.finish(signals[0] if signals else None)
    crowd.drop()
    for task in failed:
        task.result()


def main() -> int:
    """Run as the driver's command line says."""
    parser = argparse.ArgumentParser(prog="counter_sockets", description=__doc__)
    parser.add_argument("--sockets", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--timeout", type=float, required=True, help="seconds")
    parser.add_argument("--spawn-rate", type=float, default=0.0, help="joins/s, 0 for no limit")
    parser.add_argument("url")
    asyncio.run(run(parser.parse_args()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
