"""A server that keeps the contract, with every answer a method that a test can break."""

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchrig.contract.dataset import ADDED_FORTUNE, BRANDS, FORTUNES, world_number
from benchrig.contract.http import Address

JSON = "application/json"


class FakeApp(BaseHTTPRequestHandler):
    """Answers as the contract wants; a subclass breaks one thing."""

    protocol_version = "HTTP/1.1"
    server_version = "fake"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Every path but echo."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        answers = {
            "/plaintext": self.plaintext,
            "/json": self.json,
            "/sleep": self.sleep,
            "/db": self.db,
            "/queries": self.queries,
            "/fortunes": self.fortunes,
            "/brands": self.brands,
            "/fanout": self.fanout,
        }
        handler = answers.get(url.path)
        if handler:
            handler(query)
        else:
            self.answer(b"{}", JSON, 404)

    def do_HEAD(self) -> None:
        """What GET would say, without the body."""
        self.do_GET()

    def do_POST(self) -> None:
        """Echo and upload."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/upload":
            self.upload(body)
            return
        query = {name: v[0] for name, v in parse_qs(urlsplit(self.path).query).items()}
        self.echo(query, body)

    def do_DELETE(self) -> None:
        """Nothing is deleted here."""
        self.answer(b"", "text/plain", 405)

    def plaintext(self, _: dict[str, str]) -> None:
        """The text."""
        self.answer(b"Hello, World!", "text/plain")

    def json(self, _: dict[str, str]) -> None:
        """The message."""
        self.document({"message": "Hello, World!"})

    def echo(self, query: dict[str, str], body: bytes) -> None:
        """Both numbers."""
        try:
            number, given = int(query["number"]), json.loads(body)["number"]
        except (ValueError, KeyError, TypeError):
            self.answer(b"{}", JSON, 400)
        else:
            self.document({"query": number, "body": given})

    def sleep(self, query: dict[str, str]) -> None:
        """The wait, repeated."""
        try:
            seconds = float(query["seconds"])
        except ValueError:
            seconds = -1
        if not 0 <= seconds <= 10:
            self.answer(b"{}", JSON, 400)
            return
        time.sleep(seconds)
        self.document({"slept_seconds": seconds})

    def db(self, _: dict[str, str]) -> None:
        """One row."""
        self.document(self.row())

    def queries(self, query: dict[str, str]) -> None:
        """As many rows as asked for, by TechEmpower's rule."""
        try:
            count = int(query.get("queries", "1"))
        except ValueError:
            count = 1
        self.document([self.row() for _ in range(min(max(count, 1), 500))])

    def fortunes(self, _: dict[str, str]) -> None:
        """The page."""
        rows = sorted({**FORTUNES, 0: ADDED_FORTUNE}.items(), key=lambda row: row[1])
        self.page([(row, self.escaped(text)) for row, text in rows])

    def brands(self, _: dict[str, str]) -> None:
        """All rows."""
        self.document([{"brand_id": row, "brand_name": name} for row, name in BRANDS.items()])

    def fanout(self, _: dict[str, str]) -> None:
        """There is no other host."""
        self.answer(b"{}", JSON, 404)

    def upload(self, _: bytes) -> None:
        """There is no other host."""
        self.answer(b"{}", JSON, 404)

    def row(self) -> dict[str, int]:
        """A row of World at random."""
        number = random.randint(1, 10_000)  # noqa: S311 - no secret
        return {"id": number, "randomNumber": world_number(number)}

    def escaped(self, text: str) -> str:
        """Text for HTML."""
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def page(self, rows: list[tuple[int, str]]) -> None:
        """A table of fortunes."""
        cells = "".join(f"<tr><td>{row}</td><td>{text}</td></tr>" for row, text in rows)
        head = "<!doctype html><html><head><title>Fortunes</title></head><body><table>"
        text = f"{head}<tr><th>id</th><th>message</th></tr>{cells}</table></body></html>"
        self.answer(text.encode(), "text/html; charset=utf-8")

    def document(self, document: Any) -> None:
        """JSON."""
        self.answer(json.dumps(document).encode(), JSON)

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        """The answer itself."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A client that went away is no news."""


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[Address]:
    """Serve on loopback while the context lasts."""
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield ("127.0.0.1", server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
