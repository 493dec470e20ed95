"""sleep: an answer after a wait, which repeats how long it was asked to wait."""

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

WAIT_SECONDS = 0.05  # long enough to be told from no wait at all
LONGEST_SECONDS = 1.0


def question(target: Target, seconds: float) -> Question:
    """Wait so long, and say so."""

    def fault(document: object) -> str:
        return "" if document == {"slept_seconds": seconds} else f"not slept_seconds {seconds:g}"

    return json_question(Request(target.at(seconds=seconds)), fault)


def ask(target: Target, rng: random.Random) -> Question:
    """A wait of less than 2 ms, so that asking takes next to nothing from a worker."""
    return question(target, rng.randrange(1, 2000) / 1e6)


def edges(target: Target) -> list[Question]:
    """What is outside the contract is refused and not waited for."""
    wrong = ["foo", "-1", "11", "1e9", "nan", "inf", "%00"]
    return [refused(Request(target.at(seconds=text))) for text in wrong]


def waits(target: Target, _: random.Random) -> str:
    """The load's own request is not answered before the time is up, as far as that is short."""
    seconds = min(max(target.parameters["seconds"], WAIT_SECONDS), LONGEST_SECONDS)
    return waits_fault(target, question(target, seconds), seconds)


CONTRACT = Contract(ask, edges=edges, checks={"waits": waits})
