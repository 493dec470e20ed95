"""plaintext: ``Hello, World!`` as text."""

import random

from benchrig.contract.http import Answer, Request
from benchrig.contract.spec import Contract, Question, Target, content_type_fault, status_fault


def _fault(answer: Answer) -> str:
    wrong = status_fault(answer) or content_type_fault(answer, "text/plain")
    if wrong or answer.body == b"Hello, World!":
        return wrong
    return f"the body is {answer.excerpt()}, not 'Hello, World!'"


def ask(target: Target, _: random.Random) -> Question:
    """The one question there is."""
    return Question(Request(target.at()), _fault)


CONTRACT = Contract(ask)
