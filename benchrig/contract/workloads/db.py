"""db: one row of World, chosen at random by the app."""

import random

from benchrig.contract.http import Request
from benchrig.contract.rows import moved, moved_sql, random_rows, stored_row_fault
from benchrig.contract.spec import Change, Contract, Question, Statements, Target, json_question


def one_row(target: Target) -> Question:
    """One row, as the dataset has it."""
    return json_question(Request(target.at()), stored_row_fault)


def ask(target: Target, _: random.Random) -> Question:
    """The app chooses which row."""
    return one_row(target)


def moved_row(target: Target, key: int) -> Question:
    """One row, as it is after the change."""
    return json_question(Request(target.at()), moved(key))


CONTRACT = Contract(
    ask,
    statements=Statements(one_row, "world", reads=1, rows=1),
    change=Change(moved_sql, moved_row),
    checks={"random-input": random_rows},
)
