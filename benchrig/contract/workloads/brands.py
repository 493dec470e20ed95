"""brands: all 200 rows of brand as a list."""

import random

from benchrig.contract.dataset import BRANDS
from benchrig.contract.http import Request
from benchrig.contract.spec import Change, Contract, Question, Statements, Target, json_question

RENAMED = 100


def _fault(document: object, wanted: dict[int, str] = BRANDS) -> str:
    if not isinstance(document, list):
        return "not a list"
    try:
        given = {row["brand_id"]: row["brand_name"] for row in document}
    except (KeyError, TypeError):
        return "a row is not an object of brand_id and brand_name"
    if len(document) != len(wanted):
        return f"{len(document)} rows, not {len(wanted)}"
    wrong = [row for row, name in wanted.items() if given.get(row) != name]
    return f"row {wrong[0]} is {given.get(wrong[0])!r}, not {wanted[wrong[0]]!r}" if wrong else ""


def page(target: Target) -> Question:
    """The one list there is."""
    return json_question(Request(target.at()), _fault)


def rename_sql(key: int) -> str:
    """Give one brand another name."""
    return f"UPDATE brand SET brand_name = 'renamed {key}' WHERE brand_id = {RENAMED}"


def renamed(target: Target, key: int) -> Question:
    """The list with that name."""
    wanted = {**BRANDS, RENAMED: f"renamed {key}"}
    return json_question(Request(target.at()), lambda document: _fault(document, wanted))


def ask(target: Target, _: random.Random) -> Question:
    """There is nothing to choose."""
    return page(target)


CONTRACT = Contract(
    ask,
    statements=Statements(page, "brand", reads=1, rows=200),
    change=Change(rename_sql, renamed),
)
