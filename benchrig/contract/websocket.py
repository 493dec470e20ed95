"""A WebSocket client (RFC 6455): text messages in, nothing else needed."""

import base64
import hashlib
import os
import socket
import struct

from benchrig.contract.http import TIMEOUT_SECONDS, Address, NoAnswer

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
NORMAL_CLOSURE = struct.pack(">H", 1000)


class WebSocket:
    """One open WebSocket.

    Raises:
        NoAnswer: the server refuses, or answers something else; so does `receive`.
    """

    def __init__(self, address: Address, path: str) -> None:
        try:
            self._socket = socket.create_connection(address, TIMEOUT_SECONDS)
        except OSError as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error
        self._file = self._socket.makefile("rb")
        try:
            self._shake_hands(address, path)
        except (OSError, ValueError, NoAnswer):
            self._drop()
            raise

    def receive(self) -> str:
        """The next text message; pings are answered on the way."""
        while True:
            kind, payload = self._read_frame()
            if kind == TEXT:
                return payload.decode()
            if kind == PING:
                self._write_frame(PONG, payload)
            elif kind == CLOSE:
                raise NoAnswer("the server closed the WebSocket")

    def close(self) -> None:
        """Say goodbye, and go when the server has heard it."""
        try:
            self._write_frame(CLOSE, NORMAL_CLOSURE)
            while self._read_frame()[0] != CLOSE:
                pass
        except (OSError, NoAnswer):
            pass  # the server is gone already, which is what closing is for
        self._drop()

    def _drop(self) -> None:
        self._file.close()
        self._socket.close()

    def _shake_hands(self, address: Address, path: str) -> None:
        key = base64.b64encode(os.urandom(16))
        lines = [f"GET {path} HTTP/1.1", "Host: {}:{}".format(*address), "Upgrade: websocket"]
        lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {key.decode()}"]
        lines += ["Sec-WebSocket-Version: 13", "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        status = self._file.readline().decode("latin-1").strip()
        headers = {}
        while line := self._file.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if " 101 " not in f"{status} ":
            raise NoAnswer(f"the server does not upgrade: {status or 'nothing'}")
        wanted = base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
        if headers.get("sec-websocket-accept") != wanted.decode():
            raise NoAnswer("the server's Sec-WebSocket-Accept is wrong")

    def _read_frame(self) -> tuple[int, bytes]:
        try:
            first, second = self._exactly(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack(">H", self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", self._exactly(8))
            return first & 0x0F, self._exactly(length)
        except OSError as error:
            raise NoAnswer(f"{type(error).__name__}: {error}") from error

    def _exactly(self, count: int) -> bytes:
        data = self._file.read(count)
        if len(data) != count:
            raise NoAnswer("the server closed the connection")
        return data

    def _write_frame(self, kind: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        self._socket.sendall(bytes([0x80 | kind, 0x80 | len(payload)]) + mask + masked)
