"""A small server with a fault of one's choice, to see whether the rig names it (`fab selftest`).

It answers ``/json`` and ``/plaintext`` as the contract wants. Faults begin after so many requests,
so that the checks before a load pass.
"""

import argparse
import asyncio
import email.utils
import os
import re
import signal
import socket
import time
import typing
from collections.abc import Callable
from dataclasses import dataclass

BACKLOG = 8192
BODIES = {
    b"/json": (b"application/json", b'{"message": "Hello, World!"}'),
    b"/plaintext": (b"text/plain; charset=utf-8", b"Hello, World!"),
}


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host faulty``."""
    parser = commands.add_parser("faulty", help="a server with a fault, for `fab selftest`")
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--burn", type=float, default=0.0, help="CPU seconds per request")
    parser.add_argument("--hot-port", type=int, default=0, help="burn only on this port")
    parser.add_argument("--greedy", action="store_true", help="one worker accepts all")
    parser.add_argument("--all-cpus", action="store_true", help="leave the CPU set of the host")
    parser.add_argument("--split-writes", action="store_true", help="two writes, no TCP_NODELAY")
    parser.add_argument("--after", type=int, default=300, help="requests before errors begin")
    parser.add_argument("--errors", type=float, default=0.0, help="share of answers that are 503")
    parser.add_argument("--shed", type=float, default=0.0, help="share of requests that are cut")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fork the workers and serve until told to stop."""
    listening = socket.create_server((options.address, options.port), backlog=BACKLOG)
    listening.settimeout(0)
    if options.all_cpus:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    children: list[int] = []
    for number in range(options.workers if options.workers > 1 else 0):
        child = os.fork()
        if not child:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            asyncio.run(serve(listening, options, number))
        children.append(child)
    if not children:
        asyncio.run(serve(listening, options, 0))

    def stop(*_: object) -> None:
        for child in children:
            os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    for child in children:
        os.waitpid(child, 0)
    return 0


@dataclass
class Fault:
    """What this worker does wrong, and how many requests it has seen."""

    burn_seconds: float
    split_writes: bool
    after: int
    errors: float
    shed: float
    seen: int = 0

    def strikes(self, share: float) -> bool:
        """Whether this request is one of the share that goes wrong."""
        if self.seen <= self.after or not share:
            return False
        return int(self.seen * share) != int((self.seen - 1) * share)


async def serve(listening: socket.socket, options: argparse.Namespace, number: int) -> None:
    """Accept for one worker; a greedy first one leaves nothing to the others."""
    hot = not options.hot_port or options.port == options.hot_port
    burn = options.burn if hot else 0.0
    fault = Fault(burn, options.split_writes, options.after, options.errors, options.shed)
    loop = asyncio.get_running_loop()
    if options.greedy and number:
        await asyncio.Event().wait()
    while True:
        connection, _ = await loop.sock_accept(listening)
        await loop.connect_accepted_socket(lambda: Answering(fault), connection)


class Answering(asyncio.Protocol):
    """One connection: heads in, answers out."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; asyncio has set TCP_NODELAY, which a faulty server has not."""
        self._transport = typing.cast("asyncio.Transport", transport)  # what serves TCP
        if self._fault.split_writes:
            carrier = transport.get_extra_info("socket")
            carrier.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)

    def data_received(self, data: bytes) -> None:
        """Answer every whole request; its body is thrown away."""
        self._pending += data
        while b"\r\n\r\n" in self._pending:
            head, rest = self._pending.split(b"\r\n\r\n", 1)
            # Behind a proxy the next request on this connection is another client's.
            told = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
            length = int(told[1]) if told else 0
            if len(rest) < length:
                return
            self._pending = rest[length:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        fault = self._fault
        fault.seen += 1
        burn(fault.burn_seconds, time.thread_time)
        path = head.split(b" ", 2)[1].split(b"?")[0]
        if fault.strikes(fault.shed):
            self._transport.abort()
            return
        status = b"200 OK" if path in BODIES else b"404 Not Found"
        if fault.strikes(fault.errors):
            status = b"503 Service Unavailable"
        kind, body = BODIES.get(path, (b"text/plain", b"not found"))
        lines = [b"HTTP/1.1 " + status, b"Server: faulty", b"Content-Type: " + kind]
        lines += [b"Date: " + email.utils.formatdate(usegmt=True).encode()]
        lines += [b"Content-Length: %d" % len(body), b"", b""]
        for part in (
            [b"\r\n".join(lines), body] if fault.split_writes else [b"\r\n".join(lines) + body]
        ):
            self._transport.write(part)


def burn(seconds: float, clock: Callable[[], float]) -> None:
    """Use the CPU for so long."""
    until = clock() + seconds
    while clock() < until:
        pass
