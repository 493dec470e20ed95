"""Ask the live server what the contract says it must answer: each program reads JSON, prints JSON.

``verify`` runs the checks of one workload, ``crowd`` many requests at once, ``fetch`` one request
whose body is wanted, ``in-flight`` one request that is under way while the server is stopped.
"""

import argparse
import dataclasses
import json
import sys
import time
from typing import Any

from benchrig.contract.checks import SLEEP_PATH, at_once
from benchrig.contract.http import Connection, NoAnswer, Request, ask
from benchrig.contract.run import Outcome, run_checks
from benchrig.contract.spec import Target
from benchrig.contract.workloads import find
from benchrig.contract.workloads.sleep import question as sleep_question

UNDER_WAY_SECONDS = 0.2  # from a request's bytes on the wire to a handler that works on it


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host verify``, ``crowd``, ``fetch`` and ``in-flight``."""
    programs = {"verify": verify, "crowd": crowd, "fetch": fetch, "in-flight": in_flight}
    for name, program in programs.items():
        parser = commands.add_parser(name, help="see benchrig.host.verify; JSON in, JSON out")
        parser.set_defaults(run=program)


def verify(_: argparse.Namespace) -> int:
    """Print every check's outcome; the reader decides what a failure means."""
    asked = _asked()
    outcomes = run_checks(
        asked["contract"], target_of(asked), full=asked["full"], once=asked["once"]
    )
    _tell([dataclasses.asdict(outcome) for outcome in outcomes])
    return 0


def crowd(_: argparse.Namespace) -> int:
    """Ask the question whose SQL is counted, so many times at once; print the outcome."""
    asked = _asked()
    target, statements = target_of(asked), find(asked["contract"]).statements
    if statements is None:
        sys.exit(f"{asked['contract']} has no statements to count")
    questions = [statements.question(target)] * asked["requests"]
    fault = at_once(target, questions, asked["requests"])
    _tell(dataclasses.asdict(Outcome("crowd", not fault, fault)))
    return 0


def fetch(_: argparse.Namespace) -> int:
    """Ask for one path; print the status and the body."""
    asked = _asked()
    try:
        answer = ask((asked["host"], asked["port"]), Request(asked["path"]))
    except NoAnswer as error:
        sys.exit(f"GET {asked['path']}: {error}")
    _tell({"status": answer.status, "body": answer.body.decode()})
    return 0


def in_flight(_: argparse.Namespace) -> int:
    """Say when a slow request is under way; print its outcome when it has been answered."""
    asked = _asked()
    target = Target((asked["host"], asked["port"]), SLEEP_PATH)
    question = sleep_question(target, asked["seconds"])
    with Connection(target.address) as connection:
        try:
            connection.send(question.request.encoded(asked["host"]))
            time.sleep(UNDER_WAY_SECONDS)
            _tell({"sent": True})
            fault = question.fault(connection.receive())
        except NoAnswer as error:
            fault = f"GET {question.request.path}: {error}"
    _tell(dataclasses.asdict(Outcome("graceful-stop", not fault, fault)))
    return 0


def target_of(asked: dict[str, Any]) -> Target:
    """Where to ask, from its JSON."""
    return Target(
        (asked["host"], asked["port"]),
        asked["path"],
        asked["parameters"],
        (asked["peer_host"], asked["peer_port"]),
    )


def _asked() -> dict[str, Any]:
    asked: dict[str, Any] = json.loads(sys.stdin.readline())
    return asked


def _tell(document: Any) -> None:
    print(json.dumps(document), flush=True)
