"""Small real servers that misbehave in one way each, on a thread of the test process."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

END = b"\r\n\r\n"
SETTLING_TURNS = 10
Behaviour = Callable[[asyncio.Transport], None]


def answer(status: int = 200, headers: str = "") -> Behaviour:
    data = f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n{headers}\r\nok".encode()
    return lambda transport: transport.write(data)


def late(seconds: float) -> Behaviour:
    """Answer after so many seconds; the connection may be gone by then."""

    def behave(transport: asyncio.Transport) -> None:
        asyncio.get_running_loop().call_later(seconds, answer(), transport)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """The n-th request to the server meets the n-th behaviour, then it begins again."""
    count = 0

    def behave(transport: asyncio.Transport) -> None:
        nonlocal count
        behaviours[count % len(behaviours)](transport)
        count += 1

    return behave


def silent(_transport: asyncio.Transport) -> None:
    """Never answer."""


def garbage(transport: asyncio.Transport) -> None:
    transport.write(b"this is not HTTP\r\n\r\n")


def end_without_answer(transport: asyncio.Transport) -> None:
    transport.close()


def close_after_answer(transport: asyncio.Transport) -> None:
    answer(headers="Connection: close\r\n")(transport)
    transport.close()


def reset(transport: asyncio.Transport) -> None:
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class _Connection(asyncio.Protocol):
    def __init__(self, server: "Server") -> None:
        self.server = server
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.server.accepted += 1
        self.server.transports.add(transport)
        if self.server.on_connect:
            self.server.on_connect(transport)

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        for _ in range(data.count(END)):
            self.server.behaviour(self.transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        assert self.transport is not None
        self.server.transports.discard(self.transport)


class Server:
    """A server whose behaviour may be replaced while it runs, and that can die and come back."""

    def __init__(self, behaviour: Behaviour, on_connect: Behaviour | None = None) -> None:
        self.behaviour = behaviour
        self.on_connect = on_connect
        self.accepted = 0
        self.transports: set[asyncio.Transport] = set()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        if not self._thread.is_alive():
            self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def die(self) -> None:
        """Close the listening socket and reset all connections."""
        asyncio.run_coroutine_threadsafe(self._die(), self._loop).result()

    def end(self) -> None:
        self.die()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        self._listener = await self._loop.create_server(
            lambda: _Connection(self), "127.0.0.1", self.port, backlog=512
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _die(self) -> None:
        if self._listener is not None:
            # asyncio drops, unclosed, what it accepted in the very turn a listener is closed.
            self._loop.remove_reader(self._listener.sockets[0].fileno())
            await self._settle()
            self._listener.close()
            self._listener = None
        for transport in tuple(self.transports):
            reset(transport)
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(SETTLING_TURNS):
            await asyncio.sleep(0)


@contextmanager
def serving(behaviour: Behaviour, on_connect: Behaviour | None = None) -> Iterator[Server]:
    server = Server(behaviour, on_connect)
    server.start()
    try:
        yield server
    finally:
        server.end()


def wait_for(condition: Callable[[], bool], seconds: float = 5) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the condition did not come true"
        time.sleep(0.01)
