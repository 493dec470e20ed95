"""What an update must have left in the table, told by its answers."""

import itertools
import json
from typing import Any

import pytest

from benchrig.contract.dataset import world_number
from benchrig.host.verify import fetch
from benchrig.trial.database import rows_of
from benchrig.trial.verify_full import rows_at_once_fault, rows_change_fault
from tests.fake_app import FakeApp, serving

BEFORE = {row: world_number(row) for row in range(1, 10_001)}


def answer_of(rows: dict[int, int]) -> str:
    """The body that names these rows."""
    return json.dumps([{"id": row, "randomNumber": number} for row, number in rows.items()])


def test_rows_that_hold_what_the_answer_says_have_changed() -> None:
    named = {row: BEFORE[row] % 10_000 + 1 for row in range(1, 501)}
    assert rows_change_fault([answer_of(named)], BEFORE, BEFORE | named) == ""


@pytest.mark.parametrize(
    ("named", "after", "fault"),
    [
        ({1: 5}, {1: 5}, "an answer names 1 rows, not 500"),
        (
            {row: BEFORE[row] % 10_000 + 1 for row in range(1, 501)},
            {},
            "row 1 holds 9348, the answer said 9349",
        ),
        (
            {row: BEFORE[row] for row in range(1, 501)},
            {},
            "0.0% of the rows have another number, 95% must",
        ),
    ],
)
def test_rows_that_did_not_change_are_told(
    named: dict[int, int], after: dict[int, int], fault: str
) -> None:
    assert rows_change_fault([answer_of(named)], BEFORE, BEFORE | after) == fault


def test_rows_that_changed_beside_those_named_are_told() -> None:
    named = {row: BEFORE[row] % 10_000 + 1 for row in range(1, 501)}
    after = BEFORE | named | {9_000: 1}
    fault = rows_change_fault([answer_of(named)], BEFORE, after)
    assert fault == "1 rows changed that no answer names"


ONE = dict.fromkeys(range(1, 21), 1)
OTHER = dict.fromkeys(range(11, 31), 2)
WRITTEN = BEFORE | ONE | OTHER


@pytest.mark.parametrize(
    ("after", "fault"),
    [
        ({}, ""),
        ({12: 1}, ""),
        ({12: 3}, "after 2 updates at once row 12 holds 3, not 1 or 2"),
        ({31: 1}, "1 rows changed that no answer names"),
    ],
)
def test_rows_after_updates_at_once_hold_what_one_of_them_said(
    after: dict[int, int], fault: str
) -> None:
    bodies = [answer_of(ONE), answer_of(OTHER)]
    assert rows_at_once_fault(bodies, BEFORE, WRITTEN | after) == fault


@pytest.mark.parametrize(
    ("body", "count"),
    [("<h1>Server Error (500)</h1>", 0), (answer_of({7: 1, 8: 3}), 2)],
)
def test_an_update_at_once_that_names_too_few_rows_is_told(body: str, count: int) -> None:
    fault = rows_at_once_fault([answer_of(ONE), body], BEFORE, BEFORE | ONE)
    assert fault == f"of 2 updates at once an answer names {count} rows, not 20"


@pytest.mark.parametrize("body", ["", "{}", "[1]", "null", '[{"id": 1}]'])
def test_an_answer_that_is_no_list_of_rows_names_none(body: str) -> None:
    assert rows_of(body) == {}


def fetched(app: type[FakeApp], path: str) -> dict[str, Any]:
    """What three requests at once bring."""
    with serving(app) as (host, port):
        return fetch({"host": host, "port": port, "path": path, "times": 3})


def test_bodies_are_fetched_at_once() -> None:
    found = fetched(FakeApp, "/plaintext")
    assert found == {"fault": "", "bodies": ["Hello, World!"] * 3}


def test_a_status_that_is_not_good_is_told_though_others_are() -> None:
    class Failing(FakeApp):
        places = itertools.count(1)

        def plaintext(self, query: dict[str, str]) -> None:
            if next(self.places) == 2:
                self.answer(b"<h1>Server Error (500)</h1>", "text/html", 500)
            else:
                super().plaintext(query)

    assert fetched(Failing, "/plaintext")["fault"] == "status is 500, not 200"
