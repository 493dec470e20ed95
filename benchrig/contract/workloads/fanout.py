"""fanout: N addresses of the wait service on another host, asked for one answer."""

import random

from benchrig.contract import peer
from benchrig.contract.http import Request
from benchrig.contract.http import ask as ask_once
from benchrig.contract.spec import (
    Contract,
    Question,
    Target,
    json_question,
    refused,
    waits_fault,
)

WAIT_SECONDS = 0.05
ADDRESSES = 5
LONGEST_SECONDS = 2.0  # of all addresses, one after the other


def question(target: Target, urls: int, seconds: float, number: int) -> Question:
    """Ask for so many addresses; their answers' numbers must come back in order."""
    wanted = {"numbers": [number + index for index in range(urls)]}

    def fault(document: object) -> str:
        return "" if document == wanted else f"not {wanted}"

    return json_question(Request(target.at(urls=urls, seconds=seconds, number=number)), fault)


def ask(target: Target, rng: random.Random) -> Question:
    """Two addresses that answer at once."""
    return question(target, 2, 0, rng.randrange(2**40))


def edges(target: Target) -> list[Question]:
    """One and many addresses; what is outside the contract is refused."""
    good = [question(target, 1, 0.001, 7), question(target, 10, 0.001, 70)]
    wrong = [("0", "0"), ("101", "0"), ("foo", "0"), ("2", "nan"), ("2", "99"), ("2", "foo")]
    return good + [
        refused(Request(target.at(urls=urls, seconds=seconds))) for urls, seconds in wrong
    ]


def waits(target: Target, _: random.Random) -> str:
    """The load's own request is not answered before the addresses could have answered.

    Two addresses are asked for where the load's own would take too long one after the other.
    """
    urls, number = int(target.parameters["urls"]), int(target.parameters["number"])
    seconds = max(target.parameters["seconds"], WAIT_SECONDS)
    if urls * seconds > LONGEST_SECONDS:
        urls, seconds = 2, WAIT_SECONDS
    return waits_fault(target, question(target, urls, seconds, number), seconds)


def all_asked(target: Target, rng: random.Random) -> str:
    """The service that answers the waits has seen as many as the app was to ask for.

    Raises:
        NoAnswer: there was none, or the service does not run.
    """
    before = peer.asked(target.peer).waits
    asked = question(target, ADDRESSES, 0, rng.randrange(2**40))
    fault = asked.fault(ask_once(target.address, asked.request))
    came = peer.asked(target.peer).waits - before
    short = f"{came} of {ADDRESSES} addresses were asked" if came != ADDRESSES else ""
    return fault or short


CONTRACT = Contract(ask, edges=edges, checks={"waits": waits, "peer-asked": all_asked})
