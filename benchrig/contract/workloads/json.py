"""json: exactly ``{"message": "Hello, World!"}``."""

import random

from benchrig.contract.http import Request
from benchrig.contract.spec import Contract, Question, Target, json_question


def _fault(document: object) -> str:
    return "" if document == {"message": "Hello, World!"} else "not the message"


def ask(target: Target, _: random.Random) -> Question:
    """The one question there is."""
    return json_question(Request(target.at()), _fault)


CONTRACT = Contract(ask)
