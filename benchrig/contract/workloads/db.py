"""db: one row of World, chosen at random by the app."""

import random

from benchrig.contract.http import Answer, NoAnswer, Request
from benchrig.contract.http import ask as ask_once
from benchrig.contract.rows import stored_row_fault
from benchrig.contract.spec import Contract, Question, Statements, Target, json_of, json_question

DRAWS = 8


def one_row(target: Target) -> Question:
    """One row, as the dataset has it."""
    return json_question(Request(target.at()), stored_row_fault)


def ask(target: Target, _: random.Random) -> Question:
    """The app chooses which row."""
    return one_row(target)


def random_rows(target: Target, rng: random.Random) -> str:
    """Several answers, and not all with the same row."""
    try:
        answers: list[Answer] = [
            ask_once(target.address, ask(target, rng).request) for _ in range(DRAWS)
        ]
    except NoAnswer as error:
        return str(error)
    rows = {str(json_of(answer)) for answer in answers}
    return "" if len(rows) > 1 else f"{DRAWS} answers are all {rows.pop()}"


CONTRACT = Contract(
    ask,
    statements=Statements(one_row, "world", reads=1, rows=1),
    checks={"random-input": random_rows},
)
