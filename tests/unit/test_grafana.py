"""Notes in Grafana: what is sent, and that a Grafana in trouble never disturbs a run."""

import base64
import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

import pytest
from openapi_core.exceptions import OpenAPIError

from benchrig.commands.annotate import notes_of
from benchrig.grafana import Annotations, Note, password_of
from benchrig.remote.connection import Remote
from benchrig.trial.raw import Phase
from tests.factories import BEGIN, make_raw
from tests.grafana_api import Request, check_answer, check_request
from tests.lab.fake_grafana import SERVER

PASSWORD = "x" * 32  # of the fake below


class FakeGrafana(BaseHTTPRequestHandler):
    """Takes and answers what the API's description allows; anything else is a 400."""

    notes: list[dict[str, Any]]
    broken: list[str]
    status = 200

    def do_POST(self) -> None:
        """Keep a note, or refuse it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = Request("POST", self.path, dict(self.headers), body)
        try:
            check_request(request)
            status, answer = self._answer(json.loads(body))
            packed = json.dumps(answer).encode()
            check_answer(request, status, packed)
        except OpenAPIError as error:
            self.broken.append(f"{error}: {error.__cause__}")
            status, packed = 400, b'{"message": "bad request data"}'
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def _answer(self, note: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        expected = "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        if self.headers["Authorization"] != expected:
            return 401, {"message": "Invalid username or password"}
        if self.status != 200:
            return self.status, {"message": "database is locked"}
        self.notes.append(note)
        return 200, {"message": "Annotation added", "id": len(self.notes)}

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def grafana() -> Iterator[ThreadingHTTPServer]:
    """A server that keeps what it is told in its handler's ``notes``."""
    kept: dict[str, Any] = {"notes": [], "broken": [], "status": 200}
    handler = type("Handler", (FakeGrafana,), kept)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
    assert kept["broken"] == []


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


def note(**changes: object) -> Request:
    """The request of a note, with something else in it."""
    body = {"time": 1, "timeEnd": 2, "tags": ["benchrig"], "text": "x"} | changes
    packed = json.dumps({k: v for k, v in body.items() if v is not None}).encode()
    headers = {"Content-Type": "application/json", "Authorization": "Basic eDp5"}
    return Request("POST", "/api/annotations", headers, packed)


def test_the_description_of_the_api_takes_a_note_and_nothing_beside_it() -> None:
    check_request(note())
    wrong = [note(unheard=1), note(time="now"), note(text=None), note(tags=[1]), note(timeEnd=1.5)]
    for request in wrong:
        with pytest.raises(OpenAPIError):
            check_request(request)
    with pytest.raises(OpenAPIError):
        check_request(Request("POST", "/api/unheard", note().headers, b"{}"))
    for status, body in [(200, b'{"id": "1"}'), (200, b'{"message": "x"}'), (418, b"{}")]:
        with pytest.raises(OpenAPIError):
            check_answer(note(), status, body)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[str]:
    """The server of the lab tests' package, set up in a folder; its address."""
    (tmp_path / "provisioning/datasources").mkdir(parents=True)
    (tmp_path / "provisioning/datasources/benchrig.yaml").write_text("uid: benchrig-source\n")
    (tmp_path / "password").write_text(PASSWORD)
    secret = f"admin_password = $__file{{{tmp_path}/password}}"
    ini = f"[security]\n{secret}\n[server]\nhttp_addr = 127.0.0.1\nhttp_port = 0\n"
    (tmp_path / "grafana.ini").write_text(ini)
    program = SERVER.replace("/etc/grafana", str(tmp_path))
    server = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert server.stdout
    yield server.stdout.readline().strip()
    server.terminate()
    server.communicate()


def asked(address: str, request: Request) -> tuple[int, bytes]:
    """Status and body of an answer."""
    with closing(http.client.HTTPConnection(address, timeout=5)) as connection:
        connection.request(request.method.upper(), request.path, request.body, request.headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_the_stand_in_of_the_lab_tests_answers_as_the_api_does(
    stand_in: str, password: str
) -> None:
    login = {"Authorization": "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()}
    known = "/api/datasources/uid/benchrig-source/health"
    requests = [
        Request("GET", "/api/health", {}, None),
        Request("GET", known, login, None),
        Request("POST", "/api/annotations", note().headers | login, note().body),
    ]
    found = []
    for request in requests:
        check_request(request)
        status, body = asked(stand_in, request)
        check_answer(request, status, body)
        found.append(status)
    assert found == ([200, 200, 200] if password == PASSWORD else [200, 401, 401])
