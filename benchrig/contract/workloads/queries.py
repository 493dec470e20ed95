"""queries: N rows of World as a list, read one by one."""

import random

from benchrig.contract.http import Request
from benchrig.contract.rows import (
    HOSTILE_NUMBERS,
    moved,
    moved_sql,
    random_rows,
    row_counts,
    rows_fault,
)
from benchrig.contract.spec import Change, Contract, Question, Statements, Target, json_question


def _question(target: Target, asked: str, count: int) -> Question:
    def fault(document: object) -> str:
        return rows_fault(document, count)

    return json_question(Request(target.at(queries=asked)), fault)


def ask(target: Target, rng: random.Random) -> Question:
    """A few rows: how many is new each time."""
    count = rng.randint(1, 9)
    return _question(target, str(count), count)


def twenty(target: Target) -> Question:
    """TechEmpower's highest level."""
    return _question(target, "20", 20)


def moved_rows(target: Target, key: int) -> Question:
    """Twenty rows, as they are after the change."""

    def fault(document: object) -> str:
        return rows_fault(document, 20, moved(key))

    return json_question(Request(target.at(queries="20")), fault)


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
    statements=Statements(twenty, "world", reads=20, rows=20),
    change=Change(moved_sql, moved_rows),
    checks={"random-input": random_rows},
)
