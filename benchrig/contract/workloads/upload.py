"""upload: a body passed on, piece by piece, to the sink on another host."""

import json
import random
import time
import zlib

from benchrig.contract import peer
from benchrig.contract.http import Connection, NoAnswer, Request
from benchrig.contract.http import ask as ask_once
from benchrig.contract.spec import Contract, Question, Target, json_question

SMALL_BYTES = 8_192
HALF_BYTES = 2 * 2**20  # more than sockets and frameworks hold back
PASSED_SECONDS = 5.0


def _fault_of(body: bytes, document: object) -> str:
    wanted = {"bytes": len(body), "crc32": zlib.crc32(body)}
    return "" if document == wanted else f"the sink was to answer {wanted}"


def _post(target: Target, body: bytes) -> Request:
    headers = {"Content-Type": "application/octet-stream"}
    return Request(target.at(), "POST", headers, body)


def ask(target: Target, rng: random.Random) -> Question:
    """A small body nobody has sent before."""
    body = rng.randbytes(rng.randint(1, SMALL_BYTES))
    return json_question(_post(target, body), lambda document: _fault_of(body, document))


def edges(target: Target) -> list[Question]:
    """No body at all."""
    return [json_question(_post(target, b""), lambda document: _fault_of(b"", document))]


def passes_on(target: Target, rng: random.Random) -> str:
    """Half of a body is at the sink before the other half is sent."""
    half = rng.randbytes(HALF_BYTES)
    encoded = _post(target, half + half).encoded(target.address)
    with Connection(target.address) as connection:
        try:
            connection.send(encoded[: -len(half)])
            came = _wait_received(target)
            connection.send(encoded[-len(half) :])
            answer = connection.receive("POST")
        except NoAnswer as error:
            return str(error)
    if came < HALF_BYTES // 2:
        return f"of {HALF_BYTES} bytes sent the sink had {came} after {PASSED_SECONDS:g} s"
    return json_question(_post(target, b""), lambda doc: _fault_of(half + half, doc)).fault(answer)


def _wait_received(target: Target) -> int:
    deadline = time.monotonic() + PASSED_SECONDS
    while True:
        answer = ask_once(target.peer, Request("/received"))
        came = int(json.loads(answer.body)["bytes"])
        if came >= HALF_BYTES // 2 or time.monotonic() > deadline:
            return came
        time.sleep(0.01)


def arrives(target: Target, rng: random.Random) -> str:
    """The sink has taken in one upload for one: the app does not make its answer up.

    Raises:
        NoAnswer: there was none, or the sink does not run.
    """
    before = peer.asked(target.peer).uploads
    question = ask(target, rng)
    fault = question.fault(ask_once(target.address, question.request))
    came = peer.asked(target.peer).uploads - before
    return fault or (f"{came} uploads came to the sink for one" if came != 1 else "")


CONTRACT = Contract(
    ask,
    edges=edges,
    checks={"peer-asked": arrives},
    full_checks={"unbuffered": passes_on},
)
