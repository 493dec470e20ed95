"""A small HTTP/1.1 client that hides nothing: kept connections, pipelining, raw bytes."""

import http.client
import socket
from dataclasses import dataclass, field
from io import BufferedReader
from types import TracebackType
from typing import BinaryIO, Self

TIMEOUT_SECONDS = 15.0
READ_BYTES = 65_536
Address = tuple[str, int]


class NoAnswer(Exception):
    """No answer, or something that is no HTTP; the text says what happened."""


@dataclass(frozen=True)
class Request:
    """One HTTP request; ``path`` holds the query."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def encoded(self, address: Address) -> bytes:
        """The request's bytes."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: {}:{}".format(*address)]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body or self.method in ("POST", "PUT"):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; header names are in lower case.

    Attributes:
        closes: the server ends the connection with this answer.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    closes: bool = False

    def excerpt(self) -> str:
        """The beginning of the body, for messages."""
        return repr(self.body[:60])


class Connection:
    """One TCP connection to a server; opened at the first request.

    It closes as soon as the server says that it will: a client that stays would block a server
    that serves one connection at a time.
    """

    def __init__(self, address: Address, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._address = address
        self._timeout = timeout_seconds
        self._socket: socket.socket | None = None
        self._file: BufferedReader | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether a connection stands that the server did not announce to close."""
        return self._socket is not None

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._file:
            self._file.close()
        if self._socket:
            self._socket.close()
        self._socket = self._file = None

    def ask(self, request: Request) -> Answer:
        """Send one request and read its answer.

        Raises:
            NoAnswer: none came.
        """
        self.send(request.encoded(self._address))
        return self.receive(request.method)

    def send(self, data: bytes) -> None:
        """Write bytes as they are, connecting first where needed.

        Raises:
            NoAnswer: the server refuses or has gone.
        """
        try:
            if self._socket is None:
                self._socket = socket.create_connection(self._address, self._timeout)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._file = self._socket.makefile("rb")
            self._socket.sendall(data)
        except OSError as error:
            self.close()
            raise NoAnswer(_told(error)) from error

    def receive(self, method: str = "GET") -> Answer:
        """Read the next answer.

        Raises:
            NoAnswer: the connection ended, time was up, or it is no HTTP.
        """
        if self._file is None:
            raise NoAnswer("the server closed the connection")
        try:
            answer = _read_answer(self._file, method)
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(_told(error)) from error
        if answer.closes:
            self.close()
        return answer

    def unasked(self, seconds: float) -> bytes:
        """What comes within this time though nothing was asked for; the connection ends with it."""
        if self._socket is None or self._file is None:
            return b""
        self._socket.settimeout(seconds)
        try:
            return self._file.read1(READ_BYTES)
        except OSError:
            return b""  # nothing came, or the server has closed the connection
        finally:
            self.close()

    def read_some(self) -> bytes:
        """Whatever bytes come next; empty when the server closed the connection.

        Raises:
            NoAnswer: time was up.
        """
        if self._socket is None:
            return b""
        try:
            return self._socket.recv(READ_BYTES)
        except ConnectionError:
            return b""
        except OSError as error:
            raise NoAnswer(_told(error)) from error


def ask(address: Address, request: Request) -> Answer:
    """One request on a connection of its own.

    Raises:
        NoAnswer: none came.
    """
    with Connection(address) as connection:
        return connection.ask(request)


def _read_answer(file: BinaryIO, method: str) -> Answer:
    line = file.readline(READ_BYTES)
    if not line:
        raise http.client.RemoteDisconnected("the server closed the connection without an answer")
    version, status, *_ = line.decode("latin-1").split()
    if not version.startswith("HTTP/1."):
        raise ValueError(f"the answer begins with {line[:40]!r}")
    if int(status) < 200:  # an interim answer: the real one follows
        http.client.parse_headers(file)
        return _read_answer(file, method)
    headers = {key.lower(): value for key, value in http.client.parse_headers(file).items()}
    kept = headers.get("connection", "").lower()
    closes = kept == "close" or (version == "HTTP/1.0" and kept != "keep-alive")
    if method == "HEAD" or int(status) in (204, 304):
        return Answer(int(status), headers, b"", closes)
    if "transfer-encoding" not in headers and "content-length" not in headers:
        return Answer(int(status), headers, file.read(), closes=True)
    return Answer(int(status), headers, _read_body(file, headers), closes)


def _read_body(file: BinaryIO, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return _exactly(file, int(headers["content-length"]))
    parts = []
    while size := int(file.readline(READ_BYTES).split(b";")[0], 16):
        parts.append(_exactly(file, size))
        file.readline(READ_BYTES)
    while file.readline(READ_BYTES).strip():
        pass  # trailers
    return b"".join(parts)


def _exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise http.client.IncompleteRead(data, count - len(data))
    return data


def _told(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"
