"""Listening sockets and their accept queues, asked of the kernel by netlink (sock_diag(7)).

Only listening sockets are told, so that the cost does not grow with the connections.
"""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLM_F_REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3
TCP_LISTEN = 10
HEADER = struct.Struct("=IHHII")  # struct nlmsghdr
REQUEST = struct.Struct("=BBBxI48s")  # struct inet_diag_req_v2
ANSWER = struct.Struct("=4BH46x4xII8x")  # struct inet_diag_msg; only port and queues are used
RECEIVE_BYTES = 65536


@dataclass(frozen=True)
class Listener:
    """A listening TCP socket.

    Attributes:
        waiting: connections that are established and not yet accepted.
        backlog: how many may wait; beyond that they are dropped.
    """

    port: int
    waiting: int
    backlog: int


def listeners() -> list[Listener]:
    """All listening TCP sockets of this network namespace, IPv4 and IPv6.

    Raises:
        OSError: the kernel has no inet_diag.
    """
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as netlink:
        return [
            found for family in (socket.AF_INET, socket.AF_INET6) for found in _ask(netlink, family)
        ]


def _ask(netlink: socket.socket, family: int) -> Iterator[Listener]:
    request = REQUEST.pack(family, socket.IPPROTO_TCP, 0, 1 << TCP_LISTEN, bytes(48))
    length = HEADER.size + len(request)
    netlink.send(HEADER.pack(length, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 0, 0) + request)
    while True:
        data = netlink.recv(RECEIVE_BYTES)
        while data:
            length, kind, *_ = HEADER.unpack_from(data)
            if kind == NLMSG_DONE:
                return
            if kind == NLMSG_ERROR:
                raise OSError("the kernel does not tell its listening sockets (inet_diag)")
            yield _listener(data[HEADER.size : length])
            data = data[(length + 3) & ~3 :]


def _listener(message: bytes) -> Listener:
    *_, source_port, waiting, backlog = ANSWER.unpack_from(message)
    return Listener(socket.ntohs(source_port), waiting, backlog)
