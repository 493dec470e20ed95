"""Findings of suites: what must come out, and what did."""

from dataclasses import replace
from typing import Any

import pytest

from benchrig.figures import TrialFigures
from benchrig.spec.expectation import Expectation, Figure
from benchrig.suite.cells import Cell
from benchrig.suite.outcome import CellOutcome, Outcome
from benchrig.suite.shapes import ShapeFinding, shape_findings
from tests.factories import make_plan

NOTHING = TrialFigures(None, {}, None)


def cell_of(
    case: str, connections: float, values: dict[Figure, float], *rest: float, part: str = ""
) -> CellOutcome:
    """A cell with trials of the given rates, the others of its figures alike."""
    cell = Cell(
        part, case, {"connections": connections, "seconds": 0.1}, ("connections",), make_plan()
    )
    rates = (values["requests_per_second"], *rest)
    trials = tuple(
        Outcome(i, i, 0, "valid", "", values | {"requests_per_second": rate}, NOTHING)
        for i, rate in enumerate(rates, 1)
    )
    return CellOutcome(cell, trials)


def rates(case: str, by_level: dict[float, float], part: str = "") -> list[CellOutcome]:
    """One trial at each level."""
    return [cell_of(case, c, {"requests_per_second": r}, part=part) for c, r in by_level.items()]


def finding(cells: list[CellOutcome], **expected: Any) -> ShapeFinding:
    """The finding of one expectation."""
    found = shape_findings([Expectation(says="it", case="a", **expected)], cells)
    assert len(found) == 1
    return found[0]


def test_near_is_a_value_scaled_by_the_axes() -> None:
    expected: dict[str, Any] = {
        "shape": "near",
        "value": 1,
        "times": ("connections",),
        "over": ("seconds",),
        "within": 0.1,
    }
    assert finding(rates("a", {5: 49.0, 20: 190.0}), **expected) == ShapeFinding(
        "seen", "it", "connections 5: 49.0 of 50.0; connections 20: 190 of 200"
    )
    assert finding(rates("a", {5: 49.0, 20: 170.0}), **expected).word == "not seen"
    limit = expected | {"at_most": True}
    assert finding(rates("a", {5: 1.0}), **limit) == ShapeFinding(
        "seen", "it", "connections 5: 1.00 of at most 50.0"
    )


def test_a_fixed_number_of_requests_comes_in_waves_of_all_clients() -> None:
    (found,) = rates("a", {40: 330.0})
    level = replace(found.cell.plan.level, connections=40, requests=100)
    cell = replace(found.cell, plan=replace(found.cell.plan, level=level))
    waits: dict[str, Any] = {"shape": "near", "value": 1, "over": ("seconds",), "within": 0.1}
    assert finding([CellOutcome(cell, found.trials)], times=("connections",), **waits) == (
        ShapeFinding("seen", "it", "connections 40: 330 of 333")
    )
    (alone,) = rates("a", {40: 10.0})
    assert finding([CellOutcome(cell, alone.trials)], **waits).figures.endswith("10.0 of 10.0")


def test_the_middle_of_a_cells_trials_is_what_counts_and_refused_ones_do_not() -> None:
    cell = cell_of("a", 5, {"requests_per_second": 50.0}, 51.0, 900.0)
    assert finding([cell], shape="near", value=51, within=0.01).word == "seen"
    refused = replace(cell.trials[2], grade="invalid", refused="84 % of requests failed")
    cell = CellOutcome(cell.cell, (*cell.trials[:2], refused))
    assert finding([cell], shape="near", value=50.5, within=0.001).word == "seen"


def test_ahead_looks_at_every_level_and_knows_what_is_better() -> None:
    cells = rates("a", {5: 20.0, 10: 30.0}) + rates("b", {5: 10.0, 10: 20.0})
    assert finding(cells, shape="ahead", than="b", by=1.5) == ShapeFinding(
        "seen", "it", "connections 5: 2.00 times b; connections 10: 1.50 times b"
    )
    assert finding(cells, shape="ahead", than="b", by=1.6).word == "not seen"
    cheap = cell_of("a", 5, {"requests_per_second": 1.0, "cpu_seconds_per_request": 1e-4})
    dear = cell_of("b", 5, {"requests_per_second": 1.0, "cpu_seconds_per_request": 3e-4})
    found = finding([cheap, dear], shape="ahead", than="b", figure="cpu_seconds_per_request")
    assert found == ShapeFinding("seen", "it", "connections 5: 3.00 times b")


def test_widens_and_grows_and_flat_go_along_an_axis() -> None:
    cells = rates("a", {20: 90.0, 5: 20.0}) + rates("b", {5: 10.0, 20: 30.0})
    assert finding(cells, shape="widens", than="b", along="connections").word == "seen"
    assert finding(cells, shape="widens", than="b", along="connections", by=2).word == "not seen"
    assert finding(cells, shape="grows", along="connections", by=4.5).word == "seen"
    assert finding(cells, shape="grows", along="connections", by=4.6).word == "not seen"
    level = rates("a", {5: 10.0, 10: 11.0})
    assert finding(level, shape="flat", along="connections", within=0.11).word == "seen"
    assert finding(level, shape="flat", along="connections", within=0.09).word == "not seen"


@pytest.mark.parametrize("shape", ["grows", "flat", "widens"])
def test_one_level_shows_nothing_of_what_goes_along_levels(shape: str) -> None:
    cells = rates("a", {5: 1.0}) + rates("b", {5: 1.0})
    than = "b" if shape == "widens" else ""
    found = finding(cells, shape=shape, along="connections", than=than)
    assert found == ShapeFinding("no data", "it", "one level only")


def test_a_claim_about_every_level_is_not_seen_where_one_was_lost() -> None:
    kept, gone = rates("a", {5: 10.0, 20: 10.0})
    lost = CellOutcome(
        gone.cell, tuple(replace(t, grade="invalid", refused="died") for t in gone.trials)
    )
    near: dict[str, Any] = {"shape": "near", "value": 10}
    assert finding([kept, lost], **near) == ShapeFinding(
        "no data", "it", "connections 5: 10.0 of 10.0; no trial counts: a, connections 20"
    )
    assert finding([kept, lost], **near | {"value": 20}).word == "not seen"
    more = [kept, *rates("a", {10: 11.0}), lost]
    assert finding(more, shape="grows", along="connections", by=2).word == "no data"
    assert finding(more, shape="flat", along="connections", within=0.05).word == "not seen"
    other = rates("b", {5: 10.0, 20: 10.0})
    assert finding([kept, lost, *other], shape="ahead", than="b").word == "no data"


def test_levels_that_two_cases_do_not_share_are_no_data() -> None:
    cells = rates("a", {5: 1.0}) + rates("b", {10: 1.0})
    found = finding(cells, shape="ahead", than="b")
    assert found == ShapeFinding("no data", "it", "no level that both have")


def test_a_figure_of_zero_is_none_at_all() -> None:
    """No driver that rounds to whole milliseconds, and no host without PSS, ends a suite."""
    fast = cell_of("a", 5, {"requests_per_second": 1.0, "mean_seconds": 0.0})
    slow = cell_of("b", 5, {"requests_per_second": 1.0, "mean_seconds": 0.1})
    found = finding([slow, fast], shape="ahead", than="b", figure="mean_seconds")
    assert found.word == "no data"


def test_limited_is_what_most_verdicts_name_at_every_level() -> None:
    def limited(*causes: str) -> CellOutcome:
        cell = cell_of("a", 5, {"requests_per_second": 1.0}, *[1.0] * (len(causes) - 1))
        trials = zip(cell.trials, causes, strict=True)
        return CellOutcome(cell.cell, tuple(replace(t, limit=cause) for t, cause in trials))

    expected: dict[str, Any] = {"shape": "limited", "cause": "app-cpu"}
    assert finding([limited("app-cpu", "app-cpu", "proxy")], **expected) == ShapeFinding(
        "seen", "it", "connections 5: app-cpu (2 of 3)"
    )
    assert finding([limited("app-cpu"), limited("proxy")], **expected).word == "not seen"
    assert finding([limited("app-cpu", "proxy")], **expected).word == "not seen"
    many = limited("app-cpu", "app-cpu", "proxy", "database")
    assert finding([many], **expected).word == "not seen"
    assert finding([limited("")], **expected).word == "no data"


def test_weigh_makes_no_claim() -> None:
    cells = rates("a", {5: 20.0}) + rates("b", {5: 10.0})
    assert finding(cells, shape="weigh", than="b") == ShapeFinding(
        "told",
        "it",
        "connections 5: a 20.0 with 0.00 cores, b 10.0 with 0.00 cores: "
        "2.00 times the requests per second",
    )


@pytest.mark.parametrize("than", ["", "b"])
def test_without_a_trial_that_counts_there_is_no_finding(than: str) -> None:
    cell = cell_of("a", 5, {"requests_per_second": 1.0})
    lost = CellOutcome(
        cell.cell, tuple(replace(t, grade="invalid", refused="died") for t in cell.trials)
    )
    shape = "weigh" if than else "near"
    cells = [cell if than else lost]
    assert finding(cells, shape=shape, value=1, than=than).word == "no data"


def test_each_part_has_its_own_finding() -> None:
    cells = rates("a", {5: 1.0}, "db") + rates("a", {5: 2.0}, "json")
    expected = Expectation(says="it", shape="near", case="a", value=1)
    found = shape_findings([expected], cells)
    assert [(f.word, f.says) for f in found] == [("seen", "db: it"), ("not seen", "json: it")]
    assert len(shape_findings([replace(expected, part="json")], cells)) == 1
