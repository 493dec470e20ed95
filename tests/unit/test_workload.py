"""Workloads: paths, parameters and bodies."""

from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.spec.workload import load_workloads

WORKLOADS = load_workloads(Path(__file__).parents[2] / "apps")


def test_parameters_have_defaults_that_a_run_can_change() -> None:
    assert WORKLOADS["queries"].target({}) == "/queries?queries=20"
    assert WORKLOADS["queries"].target({"queries": 5}) == "/queries?queries=5"
    assert WORKLOADS["sleep"].target({"seconds": 0.25}) == "/sleep?seconds=0.25"


def test_large_numbers_are_written_out() -> None:
    assert WORKLOADS["echo"].target({"number": 9e15}) == "/echo?number=9000000000000000"


def test_a_workload_that_is_like_another_takes_over_what_it_does_not_say() -> None:
    orm, sql = WORKLOADS["queries-orm"], WORKLOADS["queries"]
    assert (orm.contract, orm.implementation, orm.path) == (
        "queries",
        "orm",
        "/orm/queries?queries={queries}",
    )
    assert (orm.parameters, orm.tables, orm.accept) == (sql.parameters, sql.tables, sql.accept)


@pytest.mark.parametrize(
    ("name", "text", "value"), [("queries", "20", 20.0), ("queries", "500", 500.0)]
)
def test_a_parameter_is_read(name: str, text: str, value: float) -> None:
    assert WORKLOADS["queries"].value(name, text) == value


@pytest.mark.parametrize(
    ("workload", "name", "text", "message"),
    [
        ("queries", "queries", "501", "queries is '501', not a whole number from 1 to 500 rows"),
        ("queries", "queries", "1.5", "queries is '1.5', not a whole number"),
        ("sleep", "seconds", "foo", "seconds is 'foo', not a number from 0 to 10 seconds"),
        ("sleep", "seconds", "nan", "seconds is 'nan', not a number"),
        ("sleep", "second", "1", "it has no 'second'; it has: seconds"),
        ("json", "seconds", "1", "it has no 'seconds'; it has: none"),
    ],
)
def test_a_parameter_out_of_its_bounds_is_refused(
    workload: str, name: str, text: str, message: str
) -> None:
    with pytest.raises(BenchrigError) as caught:
        WORKLOADS[workload].value(name, text)
    assert message in str(caught.value)


def test_what_is_posted_has_a_type_and_a_size() -> None:
    upload, echo = WORKLOADS["upload"], WORKLOADS["echo"]
    assert (upload.content_type, upload.posted_bytes({})) == ("application/octet-stream", 2**20)
    assert upload.posted_bytes({"bytes": 5.0}) == 5
    assert (echo.content_type, echo.posted_bytes({}), echo.body) == (
        "application/json",
        0,
        '{"number": 1}',
    )
