"""Notes in Grafana: what is sent, and that a Grafana in trouble never disturbs a run."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest

from benchrig.commands.annotate import notes_of
from benchrig.grafana import Annotations, Note, password_of
from benchrig.remote.connection import Remote
from benchrig.trial.raw import Phase
from tests.factories import BEGIN, make_raw

PASSWORD = "x" * 32  # of the fake below


class FakeGrafana(BaseHTTPRequestHandler):
    """The one path that is used, as strict as Grafana's own API about what it takes."""

    notes: list[dict[str, Any]]
    status = 200

    def do_POST(self) -> None:
        """POST /api/annotations."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        expected = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        answer: dict[str, Any] = {"message": "Annotation added", "id": len(self.notes) + 1}
        status = self.status
        if self.headers["Authorization"] != expected:
            status, answer = 401, {"message": "Invalid username or password"}
        elif self.path != "/api/annotations" or set(body) != {"time", "timeEnd", "tags", "text"}:
            status, answer = 400, {"message": "bad request data"}
        elif status != 200:
            answer = {"message": "database is locked"}
        else:
            self.notes.append(body)
        packed = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def grafana() -> Iterator[ThreadingHTTPServer]:
    """A server that keeps what it is told in its handler's ``notes``."""
    handler = type("Handler", (FakeGrafana,), {"notes": [], "status": 200})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class Tunnel:
    """A connection whose forwarded port is one that is known already."""

    def __init__(self, port: int) -> None:
        self._port = port

    @contextmanager
    def forward(self, address: str, port: int) -> Iterator[int]:
        """The port."""
        assert (address, port) == ("192.0.2.15", 3000)
        yield self._port


def opened(port: int, password: str = PASSWORD, offset: float = 0.0) -> Annotations:
    """Notes through such a tunnel."""
    return Annotations(cast(Remote, Tunnel(port)), "192.0.2.15", password, offset)


def test_a_note_is_left_in_the_clock_of_grafana(grafana: ThreadingHTTPServer) -> None:
    with opened(grafana.server_address[1], offset=5.0) as annotations:
        annotations.add(Note("measure", ("measure", "quart"), BEGIN, BEGIN + 1.5))
    assert annotations.trouble == ""
    assert cast(Any, grafana.RequestHandlerClass).notes == [
        {
            "time": 1_700_000_005_000,
            "timeEnd": 1_700_000_006_500,
            "tags": ["benchrig", "measure", "quart"],
            "text": "measure",
        }
    ]


def test_a_wrong_password_is_told_once_and_ends_the_notes(grafana: ThreadingHTTPServer) -> None:
    with opened(grafana.server_address[1], "wrong") as annotations:
        annotations.add(Note("one", (), BEGIN, BEGIN))
        assert "Unauthorized" in annotations.trouble
        annotations.add(Note("two", (), BEGIN, BEGIN))
    assert cast(Any, grafana.RequestHandlerClass).notes == []


def test_a_server_error_is_told(grafana: ThreadingHTTPServer) -> None:
    cast(Any, grafana.RequestHandlerClass).status = 500
    with opened(grafana.server_address[1]) as annotations:
        annotations.add(Note("one", (), BEGIN, BEGIN))
    assert annotations.trouble == "Grafana refuses a note: Server Error 500: database is locked"


def test_grafana_down_is_told_and_nothing_else() -> None:
    with opened(1) as annotations:
        annotations.add(Note("one", (), BEGIN, BEGIN))
    assert annotations.trouble.startswith("Grafana does not answer:")


def test_without_a_grafana_nothing_is_asked() -> None:
    with opened(1, password="") as annotations:
        annotations.add(Note("one", (), BEGIN, BEGIN))
    assert annotations.trouble == ""


def test_the_password_is_that_of_the_inventory(tmp_path: Path) -> None:
    assert password_of(tmp_path) == ""
    (tmp_path / ".secrets").mkdir()
    (tmp_path / ".secrets/grafana").write_text("secret\n")
    assert password_of(tmp_path) == "secret"


def test_a_trial_leaves_a_note_for_itself_and_each_phase_with_load() -> None:
    phases = [Phase("start", 0, 1), Phase("warm-up", 2, 3), Phase("measure", 3, 5)]
    raw = make_raw(begin_unix=0.0, phases=phases, run_id="run", number=2)
    assert [(n.tags[0], n.begin_unix, n.end_unix) for n in notes_of(raw)] == [
        ("trial", 0.0, 5),
        ("warm-up", 2, 3),
        ("measure", 3, 5),
    ]
    assert notes_of(make_raw(phases=[Phase("start", 0, 1)])) == []
