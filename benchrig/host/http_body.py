"""Reading an HTTP/1.1 body that arrives in pieces, without keeping any of it."""

from collections.abc import Iterator

LINE_MAX_BYTES = 1024


class BadBody(Exception):
    """The framing of the body makes no sense."""


class SizedBody:
    """A body of known length."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def complete(self) -> bool:
        """Whether the whole body has been seen."""
        return self._left == 0

    def feed(self, data: memoryview) -> tuple[list[memoryview], memoryview]:
        """The parts of ``data`` that are body, and what comes after it."""
        own, rest = data[: self._left], data[self._left :]
        self._left -= len(own)
        return ([own] if own else []), rest


class ChunkedBody:
    """A body in chunks (RFC 9112, 7.1); trailers are read over."""

    def __init__(self) -> None:
        self._line = b""
        self._left = 0
        self._state = "size"

    @property
    def complete(self) -> bool:
        """Whether the last chunk and the empty line after it have been seen."""
        return self._state == "done"

    def feed(self, data: memoryview) -> tuple[list[memoryview], memoryview]:
        """The parts of ``data`` that are body, and what comes after it.

        Raises:
            BadBody: a chunk's size is no number, or a line does not end.
        """
        parts = []
        while data and not self.complete:
            if self._state == "data":
                own, data = data[: self._left], data[self._left :]
                self._left -= len(own)
                parts.append(own)
                self._state = "data" if self._left else "gap"
            else:
                data = self._feed_line(data)
        return parts, data

    def _feed_line(self, data: memoryview) -> memoryview:
        taken = bytes(data[:LINE_MAX_BYTES])
        end = taken.find(b"\n")
        self._line += taken if end < 0 else taken[: end + 1]
        if len(self._line) > LINE_MAX_BYTES:
            raise BadBody("a line of the chunked body does not end")
        if end < 0:
            return data[len(taken) :]
        line, self._line = self._line.strip(), b""
        self._end_of_line(line)
        return data[end + 1 :]

    def _end_of_line(self, line: bytes) -> None:
        if self._state == "gap":
            self._state = "size"
        elif self._state == "trailers":
            self._state = "trailers" if line else "done"
        else:
            try:
                self._left = int(line.split(b";")[0], 16)
            except ValueError as error:
                raise BadBody(f"chunk size {line[:20]!r}") from error
            self._state = "data" if self._left else "trailers"


def body_of(headers: dict[str, str]) -> SizedBody | ChunkedBody:
    """The reader that fits a request's headers.

    Raises:
        BadBody: a content length that is no number.
    """
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return ChunkedBody()
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()):
        raise BadBody(f"content-length {length!r}")
    return SizedBody(int(length))


def header_lines(head: bytes) -> Iterator[tuple[str, str]]:
    """Names (in lower case) and values of a message's head, its first line left out."""
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, _, value = line.partition(":")
        yield name.strip().lower(), value.strip()
