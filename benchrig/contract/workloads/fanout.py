"""fanout: N addresses of the wait service on another host, asked for one answer."""

import random

from benchrig.contract.http import Request
from benchrig.contract.spec import (
    Contract,
    Question,
    Target,
    json_question,
    refused,
    waits_fault,
)

WAIT_SECONDS = 0.05


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


def waits(target: Target, rng: random.Random) -> str:
    """The answer does not come before the addresses could have answered."""
    asked = question(target, 2, WAIT_SECONDS, rng.randrange(2**40))
    return waits_fault(target, asked, WAIT_SECONDS)


CONTRACT = Contract(ask, edges=edges, checks={"waits": waits})
