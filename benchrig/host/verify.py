"""Ask the live server what the contract says it must answer, from this host."""

import dataclasses
import random
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchrig.contract.checks import SLEEP_PATH, at_once
from benchrig.contract.http import Connection, NoAnswer, Request, ask
from benchrig.contract.run import Outcome, run_checks
from benchrig.contract.spec import Question, Target, json_of, status_fault
from benchrig.contract.workloads import find
from benchrig.contract.workloads.sleep import question as sleep_question

BLOCK_BYTES = 2**20
UPLOAD_SECONDS = 60.0
CROWD_SECONDS = 120.0  # the last of 512 waits for all the others at a server with one worker
LENGTH = b"Content-Length: %d\r\n"
CHANGED_REQUESTS = 32  # so that each of several workers is asked
UNDER_WAY_SECONDS = 0.2  # from a request's bytes on the wire to a handler that works on it
_in_flight: list[tuple[Connection, Question]] = []


def verify(request: dict[str, Any]) -> dict[str, Any]:
    """Every check's outcome; the reader decides what a failure means."""
    target, full, once = target_of(request), request["full"], request["once"]
    outcomes = run_checks(request["contract"], target, full=full, once=once)
    return {"checks": [dataclasses.asdict(outcome) for outcome in outcomes]}


def crowd(request: dict[str, Any]) -> dict[str, Any]:
    """Ask the question whose SQL is counted, so many times at once."""
    target = target_of(request)
    statements = find(request["contract"]).asked_with(target.headers).statements
    questions = [statements.question(target)] * request["requests"] if statements else []
    fault = at_once(target, questions, request["requests"], CROWD_SECONDS)
    return dataclasses.asdict(Outcome("crowd", not fault, fault))


def changed(request: dict[str, Any]) -> dict[str, Any]:
    """Ask, on a connection each, when the control node has changed the dataset."""
    target = target_of(request)
    change = find(request["contract"]).asked_with(target.headers).change
    questions = [change.question(target, request["key"])] * CHANGED_REQUESTS if change else []
    fault = at_once(target, questions, CHANGED_REQUESTS)
    return dataclasses.asdict(Outcome("fresh-rows", not fault, fault))


def fetch(request: dict[str, Any]) -> dict[str, Any]:
    """Ask for one path so many ``times`` at once: the bodies, and the first fault."""
    address, asked = (request["host"], request["port"]), Request(request["path"])
    bodies, faults = [], []
    with ThreadPoolExecutor(request["times"]) as pool:
        for answering in [pool.submit(ask, address, asked) for _ in range(request["times"])]:
            try:
                answer = answering.result()
            except NoAnswer as error:
                faults.append(str(error))
            else:
                bodies.append(answer.body.decode(errors="replace"))
                faults.append(status_fault(answer))
    return {"fault": next(filter(None, faults), ""), "bodies": bodies}


def upload(request: dict[str, Any]) -> dict[str, Any]:
    """Post so many bytes, a piece at a time; the sink must have had them all."""
    target, count = target_of(request), request["bytes"]
    head = Request(target.at(), "POST", {"Content-Type": "application/octet-stream"})
    block, crc32 = random.randbytes(BLOCK_BYTES), 0  # noqa: S311 - no secret
    encoded = head.encoded(target.address).replace(LENGTH % 0, LENGTH % count)
    with Connection(target.address, UPLOAD_SECONDS) as connection:
        try:
            connection.send(encoded)
            for _ in range(count // BLOCK_BYTES):
                connection.send(block)
                crc32 = zlib.crc32(block, crc32)
            document = json_of(connection.receive("POST"))
        except NoAnswer as error:
            return {"fault": str(error)}
    wanted = {"bytes": count, "crc32": crc32}
    return {"fault": "" if document == wanted else f"the sink was to answer {wanted}: {document}"}


def in_flight_begin(request: dict[str, Any]) -> dict[str, Any]:
    """Send a slow request and come back while the server works on it."""
    target = Target((request["host"], request["port"]), SLEEP_PATH)
    question = sleep_question(target, request["seconds"])
    connection = Connection(target.address)
    try:
        connection.send(question.request.encoded(target.address))
    except NoAnswer as error:
        return {"fault": str(error)}
    _in_flight.append((connection, question))
    time.sleep(UNDER_WAY_SECONDS)
    return {"fault": ""}


def in_flight_end(_: dict[str, Any]) -> dict[str, Any]:
    """Read the answer to the request that was under way."""
    connection, question = _in_flight.pop()
    try:
        fault = question.fault(connection.receive())
    except NoAnswer as error:
        fault = str(error)
    finally:
        connection.close()
    return dataclasses.asdict(Outcome("graceful-stop", not fault, fault))


def target_of(request: dict[str, Any]) -> Target:
    """Where to ask, from its JSON."""
    address = (request["host"], request["port"])
    peer = (request["peer_host"], request["peer_port"])
    return Target(address, request["path"], request["parameters"], peer, request["headers"])
