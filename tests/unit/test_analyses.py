"""Commands that run many trials: what is wrong is told before a host is touched."""

from collections.abc import Callable

import pytest
from invoke.tasks import Task

import fabfile
from benchrig.commands import advise, capacity, compare, noise, ramp, suite, sweep
from benchrig.commands.pair_plan import LoadOptions, typed_case, typed_drafts, typed_part
from benchrig.errors import BenchrigError
from benchrig.suite.cells import Draft

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
        (lambda: advise.advise("aiohttp", load(), "", ""), "takes no such setting"),
        (lambda: advise.advise("flask-sync", load(), "4", ""), "one count needs no advice"),
        (lambda: ramp.ramp("aiohttp", load(rate="50"), "much"), "--to: 'much' is not a rate"),
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
    options = LoadOptions(*load(**changes))  # type: ignore[arg-type]
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
