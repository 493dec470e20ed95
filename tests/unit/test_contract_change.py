"""An answer must tell of a change that was made in the database a moment ago."""

import sqlite3
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from benchrig.contract.checks import put_once
from benchrig.contract.dataset import ADDED_FORTUNE, BRANDS, FORTUNES, WORLD_ROWS, world_number
from benchrig.contract.spec import Change, Target
from benchrig.contract.workloads import find
from benchrig.contract.workloads.fortunes import page
from tests.fake_app import FakeApp, serving

PATHS = {
    "db": "/db",
    "queries": "/queries?queries={queries}",
    "fortunes": "/fortunes",
    "brands": "/brands",
}
KEY = 7_777


class Reads(FakeApp):
    """Reads its rows anew for each answer."""

    database: ClassVar[sqlite3.Connection]

    def row(self) -> dict[str, int]:
        """A row at random."""
        sql = "SELECT id, randomnumber FROM world ORDER BY random() LIMIT 1"
        number, value = self.database.execute(sql).fetchone()
        return {"id": number, "randomNumber": value}

    def fortunes(self, _: dict[str, str]) -> None:
        """The page."""
        rows = self.database.execute("SELECT id, message FROM fortune").fetchall()
        rows = sorted([*rows, (0, ADDED_FORTUNE)], key=lambda row: str(row[1]))
        self.page([(number, self.escaped(text)) for number, text in rows])

    def brands(self, _: dict[str, str]) -> None:
        """All of them."""
        rows = self.database.execute("SELECT brand_id, brand_name FROM brand").fetchall()
        self.document([{"brand_id": number, "brand_name": name} for number, name in rows])


@pytest.fixture(autouse=True)
def database() -> Iterator[sqlite3.Connection]:
    """The dataset, where the changes' SQL can be run."""
    tables: dict[str, dict[int, Any]] = {
        "world (id, randomnumber)": {n: world_number(n) for n in range(1, WORLD_ROWS + 1)},
        "fortune (id, message)": FORTUNES,
        "brand (brand_id, brand_name)": BRANDS,
    }
    opened = sqlite3.connect(":memory:", check_same_thread=False)
    for table, rows in tables.items():
        opened.execute(f"CREATE TABLE {table}")
        opened.executemany(f"INSERT INTO {table.split()[0]} VALUES (?, ?)", rows.items())
    Reads.database = opened
    yield opened
    opened.close()


def change_of(workload: str) -> Change:
    """The change that this workload's answers must tell of."""
    change = find(workload).change
    assert change
    return change


@pytest.mark.parametrize("workload", PATHS)
def test_an_app_that_reads_anew_tells_of_the_change(
    workload: str, database: sqlite3.Connection
) -> None:
    change = change_of(workload)
    database.execute(change.sql(KEY))
    with serving(Reads) as address:
        target = Target(address, PATHS[workload])
        assert put_once(change.question(target, KEY), target) == ""


@pytest.mark.parametrize(
    ("workload", "told"),
    [
        ("db", "holds"),
        ("queries", "holds"),
        ("fortunes", "13 rows, 13 wanted; first difference: [('3', 'a <b>7777</b>')]"),
        ("brands", "row 100 is 'amber canyon', not 'renamed 7777'"),
    ],
)
def test_an_app_that_remembers_what_it_read_does_not(workload: str, told: str) -> None:
    with serving(FakeApp) as address:
        target = Target(address, PATHS[workload])
        assert told in put_once(change_of(workload).question(target, KEY), target)


class SortsAsDictionariesDo(Reads):
    """Capital and small letters alike, as some collations of databases have it."""

    def page(self, rows: list[tuple[int, str]]) -> None:
        """By the letters, whatever their case."""
        super().page(sorted(rows, key=lambda row: row[1].casefold()))


def test_another_order_than_that_of_code_points_is_caught(database: sqlite3.Connection) -> None:
    change = change_of("fortunes")
    with serving(SortsAsDictionariesDo) as address:
        target = Target(address, "/fortunes")
        assert put_once(page(target), target) == ""
        database.execute(change.sql(KEY))
        assert "not sorted by message" in put_once(change.question(target, KEY), target)


def test_a_cache_need_not_tell_of_it() -> None:
    assert find("cached-queries").change is None
