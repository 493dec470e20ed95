"""A PostgreSQL that lets everybody in and knows no tables: enough for an app to start.

It speaks as much of the frontend/backend protocol (version 3) as connecting takes; whatever is
asked of it afterwards is answered with an error.
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SSL_REQUEST, GSSENC_REQUEST = 80877103, 80877104
READY = b"Z" + struct.pack(">I", 5) + b"I"
SETTINGS = {
    "server_version": "15.0",
    "client_encoding": "UTF8",
    "standard_conforming_strings": "on",
    "integer_datetimes": "on",
    "TimeZone": "UTC",
}


def _message(kind: bytes, payload: bytes) -> bytes:
    return kind + struct.pack(">I", len(payload) + 4) + payload


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Let one client in, then refuse what it asks."""
        while True:
            (length,) = struct.unpack(">I", self._exactly(4))
            (code,) = struct.unpack(">I", self._exactly(length - 4)[:4])
            if code not in (SSL_REQUEST, GSSENC_REQUEST):
                break
            self.wfile.write(b"N")
        self.wfile.write(_message(b"R", struct.pack(">I", 0)))
        for name, value in SETTINGS.items():
            self.wfile.write(_message(b"S", f"{name}\0{value}\0".encode()))
        self.wfile.write(_message(b"K", struct.pack(">II", 1, 1)) + READY)
        while (kind := self.rfile.read(1)) and kind != b"X":
            (length,) = struct.unpack(">I", self._exactly(4))
            self._exactly(length - 4)
            if kind in b"QS":  # a simple query, or the end of an extended one
                error = _message(b"E", b"SERROR\0C42P01\0Mno tables here\0\0")
                self.wfile.write(error + READY)

    def _exactly(self, count: int) -> bytes:
        data = self.rfile.read(count)
        if len(data) != count:
            raise ConnectionError
        return data


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A client that went away is no news."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve on loopback while the context lasts; gives the URL for apps."""
    with _Server(("127.0.0.1", 0), _Connection) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"postgresql://anybody:any@127.0.0.1:{server.server_address[1]}/benchrig"
        finally:
            server.shutdown()
            thread.join()
