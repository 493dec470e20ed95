"""updates: N rows of World, each read, given a new number and written back."""

import random

from benchrig.contract.http import Request
from benchrig.contract.rows import HOSTILE_NUMBERS, random_rows, row_counts, row_fault, rows_fault
from benchrig.contract.spec import Contract, Question, Statements, Target, json_question


def _question(target: Target, asked: str, count: int) -> Question:
    def fault(document: object) -> str:
        return rows_fault(document, count, row_fault)

    return json_question(Request(target.at(queries=asked)), fault)


def ask(target: Target, rng: random.Random) -> Question:
    """A few rows: how many is new each time."""
    count = rng.randint(1, 5)
    return _question(target, str(count), count)


def edges(target: Target) -> list[Question]:
    """TechEmpower's cases."""
    return [_question(target, asked, count) for asked, count in row_counts().items()]


def hostile(target: Target) -> list[Request]:
    """What is no number at all, in many ways."""
    return [Request(target.at(queries=text)) for text in HOSTILE_NUMBERS]


CONTRACT = Contract(
    ask,
    edges=edges,
    hostile=hostile,
    statements=Statements(
        lambda target: _question(target, "20", 20), "world", reads=20, rows=20, writes=(20, 1)
    ),
    checks={"random-input": random_rows},
)
