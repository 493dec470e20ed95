"""The other service that apps call: it answers after a wait, and swallows uploads.

``GET /wait?seconds=S&number=N`` answers ``{"number": N, "seconds": S}`` after S seconds.
``POST /sink`` answers ``{"bytes": B, "crc32": C}`` when the body has ended; nothing of it is kept.
``GET /received`` tells how many bytes of uploads under way have come so far.
``GET /asked`` tells how many waits and uploads were answered: what an app claims can be counted.

One process of asyncio callbacks, no task per request: an answer costs a fraction of what the
cheapest HTTP client spends to ask for it, so the app under test is busy long before this is.
"""

import argparse
import asyncio
import json
import math
import signal
import urllib.parse
import zlib
from dataclasses import dataclass, field
from typing import Any

from benchrig.host.http_body import BadBody, ChunkedBody, SizedBody, body_of, header_lines

SECONDS_MAX = 60.0
HEAD_MAX_BYTES = 65_536
BACKLOG = 65_535
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found"}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host peer``."""
    parser = commands.add_parser("peer", help="the service that apps call")
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    asyncio.run(serve(options.address, options.port))
    return 0


async def serve(address: str, port: int) -> None:
    """Listen, and end on SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    seen = Seen()
    async with await loop.create_server(lambda: Peer(seen), address, port, backlog=BACKLOG):
        await stopped.wait()


@dataclass
class Seen:
    """What came on all connections: bytes of the uploads under way, and what was answered."""

    received: dict["Peer", int] = field(default_factory=dict)
    waits: int = 0
    uploads: int = 0


class Peer(asyncio.Protocol):
    """One connection: requests one after the other."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._transport: asyncio.Transport | None = None
        self._pending = b""
        self._target = ""
        self._body: SizedBody | ChunkedBody | None = None
        self._crc32 = 0
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - create_server makes no other
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget what was under way."""
        self._seen.received.pop(self, None)
        if self._waiting:
            self._waiting.cancel()
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take in a piece of a request, and answer each that is complete."""
        try:
            self._feed(data)
        except (BadBody, ValueError) as error:
            self._answer(400, {"error": str(error)})
            if self._transport:
                self._transport.close()

    def _feed(self, data: bytes) -> None:
        if self._waiting:
            self._pending += data
            return
        while data or (self._body and self._body.complete):
            if self._body is None:
                data = self._head(data)
                if self._body is None:
                    return
            rest = self._swallow(memoryview(data))
            if not self._body.complete:
                return
            self._body = None
            self._respond()
            data = bytes(rest)
            if self._waiting:
                self._pending = data
                return

    def _head(self, data: bytes) -> bytes:
        """Read the head once it is there; returns what follows it."""
        self._pending += data
        head, end, rest = self._pending.partition(b"\r\n\r\n")
        if not end:
            if len(head) > HEAD_MAX_BYTES:
                raise BadBody("the head does not end")
            return b""
        self._pending = b""
        _, self._target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        self._body, self._crc32 = body_of(dict(header_lines(head))), 0
        self._seen.received[self] = 0
        return rest

    def _swallow(self, data: memoryview) -> memoryview:
        if self._body is None:
            return data
        parts, rest = self._body.feed(data)
        for part in parts:
            self._seen.received[self] += len(part)
            self._crc32 = zlib.crc32(part, self._crc32)
        return rest

    def _respond(self) -> None:
        seen = self._seen
        count = seen.received.pop(self)
        url = urllib.parse.urlsplit(self._target)
        if url.path == "/wait":
            self._wait(dict(urllib.parse.parse_qsl(url.query)))
        elif url.path == "/sink":
            seen.uploads += 1
            self._answer(200, {"bytes": count, "crc32": self._crc32})
        elif url.path == "/received":
            self._answer(200, {"bytes": sum(seen.received.values())})
        elif url.path == "/asked":
            self._answer(200, {"waits": seen.waits, "uploads": seen.uploads})
        else:
            self._answer(404, {"error": f"no {url.path}"})

    def _wait(self, query: dict[str, str]) -> None:
        seconds, number = float(query.get("seconds", "0")), int(query.get("number", "0"))
        if not math.isfinite(seconds) or not 0 <= seconds <= SECONDS_MAX:
            raise BadBody(f"seconds is not from 0 to {SECONDS_MAX:g}")
        answer = {"number": number, "seconds": seconds}
        loop = asyncio.get_running_loop()
        self._waiting = loop.call_later(seconds, self._waited, answer)

    def _waited(self, answer: dict[str, Any]) -> None:
        self._waiting = None
        self._seen.waits += 1
        self._answer(200, answer)
        data, self._pending = self._pending, b""
        self.data_received(data)

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        body = json.dumps(document)
        head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json\r\n"
        self._transport.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
