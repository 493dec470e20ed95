"""Commands that run many trials: what is wrong is told before a host is touched."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from invoke.tasks import Task

import fabfile
from benchrig.commands import advise, capacity, compare, noise, ramp, suite, sweep
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.errors import BenchrigError
from benchrig.figures import TrialFigures
from benchrig.spec.expectation import Figure
from benchrig.suite.cells import Cell, Draft
from benchrig.suite.outcome import CellOutcome, Outcome
from tests.factories import make_plan

NOT_QUICK = (False, False)
JSON = ("json", "wrk", "", "", (), "", "5s", "2s")


def load(**changes: object) -> tuple[object, ...]:
    """What the tasks pass on as the load."""
    names = ("workload", "driver", "connections", "rate", "settings", "via", "duration", "warmup")
    return tuple(changes.get(name, value) for name, value in zip(names, JSON, strict=True))


@pytest.mark.parametrize("name", sorted(fabfile.namespace.task_names))
def test_every_option_of_every_task_has_help(name: str) -> None:
    found: Task[Callable[..., None]] = fabfile.namespace[name]
    arguments = found.get_arguments()
    assert {a.name for a in arguments if not a.help and a.name not in ("names",)} == set(), name
    assert found.__doc__


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: suite.suite("brnds", *NOT_QUICK, "", "1"), "did you mean 'brands'"),
        (lambda: suite.suite("brands", *NOT_QUICK, "", "x"), "--seed: 'x' is not a whole"),
        (
            lambda: compare.compare("", "quart", load(), *[""] * 4, "1"),
            "--baseline: no variant is named",
        ),
        (
            lambda: compare.compare("quart", "", load(), *[""] * 4, "1"),
            "--contender: no variant is named",
        ),
        (
            lambda: compare.compare("quart", "aiohttp", load(), "", "2x", "", "", "1"),
            "--precision: '2x' is no percentage",
        ),
        (
            lambda: compare.compare("quart", "aiohttp:colour=red", load(), *[""] * 4, "1"),
            "'colour' is no setting",
        ),
        (
            lambda: compare.compare("quart", "aiohttp", load(connections="1,2"), *[""] * 4, "1"),
            "2 levels are asked for",
        ),
        (lambda: noise.noise("aiohttp", load(), "5", "1"), "less than one comparison"),
        (lambda: capacity.capacity("aiohttp", load(), "soon", ""), "--p99: 'soon' is not"),
        (lambda: capacity.capacity("", load(), "50ms", ""), "no variant is named"),
        (lambda: advise.advise("aiohttp", load(), "", ""), "has one process"),
        (lambda: advise.advise("flask-sync", load(), "4", ""), "one count needs no advice"),
        (lambda: ramp.ramp("aiohttp", load(rate="50"), "much"), "--to: 'much' is not a rate"),
        (
            lambda: ramp.ramp("aiohttp", load(rate="50", duration="4s"), "500"),
            "--duration: a ramp of 4 s has too few seconds to find a knee in; give 5s or more",
        ),
        (
            lambda: capacity.capacity("aiohttp", load(duration="400ms"), "50ms", ""),
            "it takes whole seconds, not 0.4s: give 1s",
        ),
        (lambda: sweep.sweep((), "", load(), "1", "1"), "--variant: no variant is named"),
        (
            lambda: sweep.sweep(("aiohttp",), "", load(settings=("queries=x",)), "1", "1"),
            "'x' is no list of numbers",
        ),
    ],
)
def test_a_wrong_option_is_told_before_a_host_is_touched(
    call: Callable[[], int], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BENCHRIG_INVENTORY", "/nowhere")
    with pytest.raises(BenchrigError, match=message):
        call()


def drafted(**changes: object) -> list[Draft]:
    """Cells of aiohttp under a typed load."""
    options = LoadOptions(*load(**changes))  # type: ignore[arg-type]  # as typed: of any kind
    case = typed_case("aiohttp", options, "--variant")
    return typed_drafts("test", typed_part({"aiohttp": case}, options, blocks=2))[1]


def test_lists_are_a_grid() -> None:
    found = drafted(workload="queries", connections="8,16", settings=("queries=1,5,20",))
    assert [(d.axes["connections"], d.axes["queries"]) for d in found] == [
        (c, q) for c in (8.0, 16.0) for q in (1.0, 5.0, 20.0)
    ]
    assert found[0].swept == ("connections", "queries")
    assert {d.blocks for d in found} == {2}


def test_the_load_is_as_typed() -> None:
    level = drafted(rate="100", duration="3s", warmup="0")[0].level
    assert (level.rate_per_second, level.duration_seconds, level.warmup_seconds) == (100, 3, 0)
    assert level.connections == 64


def test_a_variants_settings_come_after_its_name() -> None:
    case = typed_case("flask-sync:workers=4,loop=x", LoadOptions(), "--variant")
    assert (case.variant, case.settings) == ("flask-sync", {"workers": "4", "loop": "x"})


@pytest.mark.parametrize(
    ("typed", "blocks"),
    [
        ({}, 10),
        ({"blocks": "20"}, 20),
        ({"budget": "10m"}, 30),
        ({"blocks": "20", "budget": "10m"}, 20),
        ({"blocks": "40", "budget": "10m"}, 30),
        ({"precision": "2%"}, 40),
        ({"precision": "2%", "budget": "10m"}, 30),
    ],
)
def test_a_budget_is_kept_whatever_else_is_asked(typed: dict[str, str], blocks: int) -> None:
    """Two trials of 10 s a block."""
    assert effort(**typed).blocks == blocks


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"blocks": "5"}, "--blocks: 5 blocks can decide nothing: an interval of 95% needs 6"),
        ({"budget": "90s"}, "--budget: 4 blocks can decide nothing: an interval of 95% needs 6"),
        ({"blocks": "7", "precision": "2%"}, "--blocks: 7 blocks can decide nothing: a look at th"),
        ({"budget": "10s"}, "--budget: one block takes about 20 s"),
    ],
)
def test_an_effort_that_can_find_nothing_is_refused(typed: dict[str, str], told: str) -> None:
    with pytest.raises(BenchrigError, match=told):
        effort(**typed)


def effort(**typed: str) -> compare.Effort:
    """What `fab compare` would spend on trials of 10 s."""
    asked = {"blocks": "", "precision": "", "budget": "", "margin": ""} | typed
    options = compare.CompareOptions("a", "b", LoadOptions(), seed="1", **asked)
    plan = make_plan(duration_seconds=5.0, warmup_seconds=2.0, primer_seconds=0.0)
    cell = Cell("", "a", {}, (), plan)
    return compare.effort_of(compare.wanted_of(options), (cell, cell))


def cells(case: str, workers: int, by_connections: dict[int, float], **axes: float) -> list[Any]:
    """One trial at each number of connections."""
    swept = ("connections", *axes)
    plan = make_plan()
    plan = replace(plan, variant=replace(plan.variant, workers=workers))
    found = []
    for connections, rate in by_connections.items():
        cell = Cell("", case, {"connections": float(connections), **axes}, swept, plan)
        values: dict[Figure, float] = {"requests_per_second": rate}
        trial = Outcome(1, 1, 0, "valid", "", values, TrialFigures(None, {}, None))
        found.append(CellOutcome(cell, (trial,)))
    return found


LEVELS = {8: 800.0, 16: 1500.0, 32: 2500.0, 64: 3000.0}


def test_the_law_is_fitted_to_what_differs_in_one_thing_only() -> None:
    halved = {load: rate / 2 for load, rate in LEVELS.items()}
    one = cells("aiohttp", 1, LEVELS, queries=1.0)
    mixed = one + cells("aiohttp", 1, halved, queries=20.0)
    mixed += cells("aiohttp:loop=uvloop", 1, halved, queries=1.0)
    lines = sweep.scaling_lines(mixed, by_workers=False)
    assert [line.partition(": scal")[0] for line in lines] == [
        "aiohttp, queries 1",
        "aiohttp, queries 20",
        "aiohttp:loop=uvloop, queries 1",
    ]
    assert lines[:1] == sweep.scaling_lines(one, by_workers=False)
    assert len({line.partition(": scal")[2] for line in lines}) == 1  # the same law, half as fast


def test_over_workers_each_number_of_connections_has_a_law_of_its_own() -> None:
    grown = {1: 500.0, 2: 900.0, 4: 1500.0, 8: 1800.0}
    found = [c for n, rate in grown.items() for c in cells(f"f x {n}", n, {8: rate, 64: 2 * rate})]
    lines = sweep.scaling_lines(found, by_workers=True)
    names = [line.partition(": scal")[0] for line in lines]
    assert names == ["f, connections 8", "f, connections 64"]


def test_a_peak_that_nobody_measured_is_told_as_such() -> None:
    rates = {n: 100.0 * n / (1 + 0.02 * (n - 1) + 2e-5 * n * (n - 1)) for n in (8, 16, 64, 400)}
    (within,) = sweep.scaling_lines(cells("aiohttp", 1, rates), by_workers=False)
    assert "peak foretold at 221 connections; a level" in within
    rates.pop(400)
    rates[32] = 100.0 * 32 / (1 + 0.02 * 31 + 2e-5 * 32 * 31)
    (beyond,) = sweep.scaling_lines(cells("aiohttp", 1, rates), by_workers=False)
    assert "peak foretold at 221 connections, beyond what was measured; a level" in beyond


def test_an_open_loop_has_no_law() -> None:
    assert sweep.scaling_lines(cells("aiohttp", 1, LEVELS, rate=50.0), by_workers=False) == []
