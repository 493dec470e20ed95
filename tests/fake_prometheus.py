"""A Prometheus that serves the live page and has recorded whatever a test says.

It answers what the page asks, as the real one does: stored samples of a range selector, each with
the moment of its evaluation, compressed where the browser takes that.
"""

import gzip
import json
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LIVE = Path(__file__).parents[1] / "dashboards" / "live"
EVALUATED = 0.3  # second of the second at which rules are evaluated
RANGE = re.compile(r"\{__name__=~\"benchrig:\((?P<names>[^)]*)\)\".*\}\[(?P<ms>\d+)ms\]")
Told = Callable[[float], float | None]


@dataclass(frozen=True)
class Recorded:
    """One series: what is true at each moment, seen by a scrape ``age`` before the evaluation."""

    name: str
    labels: dict[str, str]
    told: Told
    age_seconds: float

    def samples(self, begin: float, end: float) -> list[list[Any]]:
        """Evaluations after ``begin`` and up to ``end``."""
        seconds = range(int(begin) - 1, int(end) + 1)
        moments = [second + EVALUATED for second in seconds if begin < second + EVALUATED <= end]
        values = [(moment, self.told(moment - self.age_seconds)) for moment in moments]
        return [[moment, repr(value)] for moment, value in values if value is not None]


@dataclass
class Recording:
    """All series there are, the clock, and whether Prometheus answers."""

    now: float
    series: list[Recorded] = field(default_factory=list)
    down: bool = False

    def add(self, name: str, told: Told, age_seconds: float, **labels: str) -> None:
        """One more series."""
        self.series.append(Recorded(name, labels, told, age_seconds))

    def answer(self, asked: dict[str, str]) -> Any:
        """The ``data`` of an answer of Prometheus' API."""
        if asked["query"] == "time()":
            return {"resultType": "scalar", "result": [self.now, str(self.now)]}
        found = RANGE.fullmatch(asked["query"])
        assert found, asked["query"]
        end = float(asked["time"])
        begin = end - int(found["ms"]) / 1000
        names = found["names"].split("|")
        result = [
            {"metric": {"__name__": f"benchrig:{one.name}"} | one.labels, "values": samples}
            for one in self.series
            if one.name in names and (samples := one.samples(begin, min(end, self.now)))
        ]
        return {"resultType": "matrix", "result": result}


class Handler(SimpleHTTPRequestHandler):
    """The API, and the page's files under /user/."""

    recording: Recording

    def do_GET(self) -> None:
        """A file, or an answer of the API."""
        url = urllib.parse.urlparse(self.path)
        if url.path.startswith("/user/"):
            self.path = url.path.removeprefix("/user")
            super().do_GET()
        elif self.recording.down:
            self.send_error(503)
        else:
            asked = dict(urllib.parse.parse_qsl(url.query))
            told = {"status": "success", "data": self.recording.answer(asked)}
            self._send(gzip.compress(json.dumps(told, separators=(",", ":")).encode(), 6))

    def _send(self, packed: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def served(recording: Recording) -> Iterator[str]:
    """The address of the live page over this recording."""
    kind = type("Handler", (Handler,), {"recording": recording})

    def handler(*arguments: Any) -> Handler:
        made: Handler = kind(*arguments, directory=str(LIVE))
        return made

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/user/index.html"
        server.shutdown()
