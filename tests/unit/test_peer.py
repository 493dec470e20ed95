"""The service that apps call: waits, uploads in any framing, and what is no request."""

import json
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchrig.contract.http import Address, Answer, Connection, Request, ask
from benchrig.contract.peer import Asked, asked
from benchrig.host.http_body import BadBody, ChunkedBody, SizedBody, body_of
from tests import peer_process

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def peer() -> Iterator[Address]:
    """The service on loopback."""
    with peer_process.serving() as address:
        yield address


def said(answer: Answer) -> object:
    """The answer's document."""
    return json.loads(answer.body)


def test_it_answers_after_the_wait_and_repeats_the_number(peer: Address) -> None:
    begin = time.monotonic()
    answer = ask(peer, Request("/wait?seconds=0.1&number=42"))
    assert time.monotonic() - begin >= 0.1
    assert said(answer) == {"number": 42, "seconds": 0.1}


def test_what_it_answered_is_counted(peer: Address) -> None:
    before = asked(peer)
    for _ in range(2):
        ask(peer, Request("/wait?number=1"))
    ask(peer, Request("/sink", "POST", body=b"x"))
    assert asked(peer) == Asked(before.waits + 2, before.uploads + 1)


def test_waits_at_the_same_time_do_not_add_up(peer: Address) -> None:
    begin = time.monotonic()
    path = "/wait?seconds=0.2&number=1"
    threads = [threading.Thread(target=ask, args=(peer, Request(path))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin < 2.0


def test_one_connection_serves_many_requests_also_pipelined(peer: Address) -> None:
    requests = [Request(f"/wait?seconds=0.001&number={number}") for number in range(5)]
    with Connection(peer) as connection:
        connection.send(b"".join(request.encoded(peer) for request in requests))
        answers = [said(connection.receive()) for _ in requests]
    assert answers == [{"number": number, "seconds": 0.001} for number in range(5)]


def test_an_upload_is_counted_and_summed(peer: Address) -> None:
    body = bytes(range(256)) * 1000
    answer = ask(peer, Request("/sink", "POST", body=body))
    assert said(answer) == {"bytes": len(body), "crc32": zlib.crc32(body)}


def test_an_upload_in_chunks_is_the_same_upload(peer: Address) -> None:
    head = b"POST /sink HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with Connection(peer) as connection:
        for piece in (head, b"5\r\nhel", b"lo\r\n6;x=y\r", b"\n world\r\n0\r", b"\n\r\n"):
            connection.send(piece)
            time.sleep(0.01)
        answer = connection.receive("POST")
        again = connection.ask(Request("/wait?seconds=0&number=3"))
    assert said(answer) == {"bytes": 11, "crc32": zlib.crc32(b"hello world")}
    assert said(again) == {"number": 3, "seconds": 0.0}


def test_it_tells_what_of_an_upload_has_come_so_far(peer: Address) -> None:
    encoded = Request("/sink", "POST", body=b"x" * 1000).encoded(peer)
    with Connection(peer) as connection:
        connection.send(encoded[:-400])
        deadline = time.monotonic() + 5
        while said(ask(peer, Request("/received"))) != {"bytes": 600}:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        connection.send(encoded[-400:])
        connection.receive("POST")
    assert said(ask(peer, Request("/received"))) == {"bytes": 0}


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(peer: Address) -> None:
    with Connection(peer) as connection:
        connection.send(Request("/sink", "POST", body=b"x" * 1000).encoded(peer)[:-1])
    deadline = time.monotonic() + 5
    while said(ask(peer, Request("/received"))) != {"bytes": 0}:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    "data",
    [
        b"GET /wait?seconds=nan HTTP/1.1\r\n\r\n",
        b"GET /wait?seconds=61 HTTP/1.1\r\n\r\n",
        b"GET /wait?seconds=foo HTTP/1.1\r\n\r\n",
        b"POST /sink HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /sink HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"nonsense\r\n\r\n",
        b"GET /" + b"a" * 70_000,
    ],
)
def test_what_makes_no_sense_is_a_400_and_the_end_of_the_connection(
    peer: Address, data: bytes
) -> None:
    with Connection(peer) as connection:
        connection.send(data)
        assert connection.receive().status == 400
        assert connection.read_some() == b""
    assert ask(peer, Request("/wait?seconds=0")).status == 200


def test_an_unknown_path_is_a_404(peer: Address) -> None:
    assert ask(peer, Request("/nowhere")).status == 404


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_a_chunked_body_is_read_however_it_is_cut(size: int) -> None:
    data = b"5\r\nhello\r\n10;a=b\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\nGET /next"
    body, parts, left = ChunkedBody(), b"", b""
    for start in range(0, len(data), size):
        if body.complete:
            left += data[start : start + size]
            continue
        found, rest = body.feed(memoryview(data[start : start + size]))
        parts += b"".join(found)
        left += bytes(rest)
    assert (body.complete, parts, left) == (True, b"hello0123456789abcdef", b"GET /next")


def test_a_sized_body_ends_where_it_said() -> None:
    body = SizedBody(5)
    parts, rest = body.feed(memoryview(b"helloGET"))
    assert (body.complete, bytes(parts[0]), bytes(rest)) == (True, b"hello", b"GET")


def test_a_line_that_does_not_end_is_refused() -> None:
    with pytest.raises(BadBody, match="does not end"):
        ChunkedBody().feed(memoryview(b"1" * 5000))


def test_a_length_that_is_no_number_is_refused() -> None:
    with pytest.raises(BadBody, match="content-length '1x'"):
        body_of({"content-length": "1x"})
