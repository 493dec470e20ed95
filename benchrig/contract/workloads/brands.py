"""brands: all 200 rows of brand as a list."""

import random

from benchrig.contract.dataset import BRANDS
from benchrig.contract.http import Request
from benchrig.contract.spec import Contract, Question, Statements, Target, json_question


def _fault(document: object) -> str:
    if not isinstance(document, list):
        return "not a list"
    try:
        given = {row["brand_id"]: row["brand_name"] for row in document}
    except (KeyError, TypeError):
        return "a row is not an object of brand_id and brand_name"
    if len(document) != len(BRANDS):
        return f"{len(document)} rows, not {len(BRANDS)}"
    wrong = [row for row, name in BRANDS.items() if given.get(row) != name]
    return f"row {wrong[0]} is {given.get(wrong[0])!r}, not {BRANDS[wrong[0]]!r}" if wrong else ""


def page(target: Target) -> Question:
    """The one list there is."""
    return json_question(Request(target.at()), _fault)


def ask(target: Target, _: random.Random) -> Question:
    """There is nothing to choose."""
    return page(target)


CONTRACT = Contract(ask, statements=Statements(page, "brand", reads=1, rows=200))
