"""Judging rows of World in answers."""

import random
from collections.abc import Callable
from typing import Any

from benchrig.contract.dataset import WORLD_ROWS, world_number
from benchrig.contract.http import Connection, Request
from benchrig.contract.spec import Target, json_of

DRAWN_LEAST, ANSWERS_LEAST = 16, 2
DIFFERENT_LEAST = 0.75  # fewer of 16 different by luck: once in 10 million
SPREAD_LEAST = WORLD_ROWS // 5  # 16 closer together by luck: less than once in a billion


def row_fault(row: object) -> str:
    """What is wrong with one row as JSON: it must be an object of two numbers in range."""
    if not isinstance(row, dict) or set(row) != {"id", "randomNumber"}:
        return "not an object of id and randomNumber"
    for key, value in row.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= WORLD_ROWS:
            return f"{key} is {value!r}, not a number from 1 to {WORLD_ROWS}"
    return ""


def stored_row_fault(row: object, number: Callable[[int], int] = world_number) -> str:
    """What is wrong with one row that must hold ``number``: as the dataset has it by default."""
    fault = row_fault(row)
    if fault or not isinstance(row, dict):
        return fault
    wanted = number(row["id"])
    given = row["randomNumber"]
    return "" if given == wanted else f"row {row['id']} holds {wanted}, not {given}"


def rows_fault(
    rows: object, count: int, fault_of: Callable[[object], str] = stored_row_fault
) -> str:
    """What is wrong with a list of rows: their number, or the first bad one."""
    if not isinstance(rows, list):
        return "not a list"
    if len(rows) != count:
        return f"{len(rows)} rows, not {count}"
    return next((fault for row in rows if (fault := fault_of(row))), "")


def moved_sql(key: int) -> str:
    """SQL after which every row of World holds `moved` numbers."""
    return f"UPDATE world SET randomnumber = 1 + (randomnumber + {key}) % {WORLD_ROWS}"


def moved(key: int) -> Callable[[object], str]:
    """Judges a row after `moved_sql`."""
    return lambda row: stored_row_fault(row, lambda i: 1 + (world_number(i) + key) % WORLD_ROWS)


def random_rows(target: Target, _: random.Random) -> str:
    """The load's own request, several times: it names other rows each time, of the whole table.

    Raises:
        NoAnswer: there was none to one of them.
    """
    answers: list[list[int]] = []
    with Connection(target.address) as connection:
        while len(answers) < ANSWERS_LEAST or sum(map(len, answers)) < DRAWN_LEAST:
            answer = connection.ask(Request(target.at(), headers=target.headers))
            rows = _ids(json_of(answer))
            if not rows:
                return f"it names no rows: the body is {answer.excerpt()}"
            answers.append(rows)
    return spread_fault([row for rows in answers for row in rows])


def spread_fault(drawn: list[int]) -> str:
    """What is wrong with rows that should have been drawn at random from the whole table."""
    different = len(set(drawn))
    if different < min(len(drawn), WORLD_ROWS) * DIFFERENT_LEAST:
        return f"{len(drawn)} rows were drawn, and only {different} are different"
    if max(drawn) - min(drawn) < SPREAD_LEAST:
        return f"all of {len(drawn)} rows drawn are from {min(drawn)} to {max(drawn)}"
    return ""


def _ids(document: object) -> list[int]:
    rows: list[Any] = document if isinstance(document, list) else [document]
    faults = [row_fault(row) for row in rows]
    return [] if any(faults) else [row["id"] for row in rows]


def row_counts() -> dict[str, int]:
    """What is asked for, and how many rows come: TechEmpower's five cases and the range's ends."""
    return {"2": 2, "0": 1, "foo": 1, "501": 500, "": 1, "1": 1, "500": 500, "-3": 1, "20": 20}


HOSTILE_NUMBERS = (
    "%00",
    "1%00",
    "-99999999999999999999",
    "9" * 5000,
    "1e9",
    "0x10",
    "nan",
    "%F0%9F%92%A9",
    "%FF%FE",
    "1;DROP%20TABLE%20world",
    "1%27%20OR%20%271%27=%271",
    "%D9%A3",  # a digit, but an Arabic one
)
