"""Suite files, their cells, and the order in which they run."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchrig.drivers.catalogue import find_driver
from benchrig.errors import BenchrigError
from benchrig.inventory import GROUPS, Host, Inventory
from benchrig.spec.catalogue import load_catalogue
from benchrig.spec.suite import FORMS, Form, load_suite, read_suite, suite_names
from benchrig.suite.cells import drafts, fitted, planned
from benchrig.suite.order import Slot, block_order, ordered

PROJECT = Path(__file__).parents[2]
CATALOGUE = load_catalogue(PROJECT / "apps")
HOSTS = {g: Host(g, f"192.0.2.{n}", f"192.0.2.{n}", (g,)) for n, g in enumerate(GROUPS, 11)}
RIG = Inventory("rig", HOSTS)
SMALL = """
title: a test
source: here
cases: {one: aiohttp, two: {variant: flask-sync, settings: {workers: 2}}}
workload: sleep
set: {seconds: 0.1}
connections: [5, 10]
full: {duration: 30s, warmup: 5s, blocks: 3}
quick: {duration: 2s, connections: 5, set: {seconds: [0.1, 0.2]}}
"""


def written(folder: Path, text: str) -> Path:
    """A suite file."""
    path = folder / "small.yml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", suite_names(PROJECT / "suites"))
def test_every_suite_of_the_project_fits_the_catalogue(name: str, form: Form) -> None:
    suite = load_suite(PROJECT / "suites", name, form)
    assert drafts(CATALOGUE, suite)
    assert suite.expect


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", suite_names(PROJECT / "suites"))
@pytest.mark.parametrize("cpus", [1, 8])
def test_every_suite_can_be_planned_whatever_the_load_generator_has(
    name: str, form: Form, cpus: int
) -> None:
    found = drafts(CATALOGUE, load_suite(PROJECT / "suites", name, form))
    cells = planned(CATALOGUE, RIG, PROJECT / "apps", found, cpus)
    assert len(cells) == len(found)


@pytest.mark.parametrize("form", FORMS)
def test_techempower_ranks_stacks_of_as_many_processes(form: Form) -> None:
    found = drafts(CATALOGUE, load_suite(PROJECT / "suites", "techempower", form))
    assert {draft.variant.workers * draft.variant.processes for draft in found} == {4}


def test_threads_are_those_that_a_driver_has_and_that_share_each_hosts_connections() -> None:
    more = HOSTS | {"second": replace(HOSTS["load_generators"], name="second")}
    rig = Inventory("rig", more)
    chosen = [
        draft
        for name in ("async-vs-sync", "brands")
        for draft in drafts(CATALOGUE, load_suite(PROJECT / "suites", name, "full"))
    ]
    cells = planned(CATALOGUE, rig, PROJECT / "apps", chosen, 8)
    assert {(c.plan.driver, c.plan.level.threads) for c in cells} == {("ab", 1), ("wrk", 5)}


def test_primer_and_warm_up_are_planned_as_the_whole_seconds_that_they_will_take(
    tmp_path: Path,
) -> None:
    text = SMALL.replace("warmup: 5s", "warmup: 2500ms, primer: 250ms")
    found = drafts(CATALOGUE, read_suite(written(tmp_path, text), "full"))
    (plan, *_) = (c.plan for c in planned(CATALOGUE, RIG, PROJECT / "apps", found, 1))
    assert (plan.level.warmup_seconds, plan.level.primer_seconds) == (3.0, 1.0)
    phases = [load for _, driver, load in plan.phases() if driver == "wrk"]
    assert [find_driver("wrk").refusals(load) for load in phases] == [[], [], []]


@pytest.mark.parametrize(("rate", "warm"), [("100", 100.0), ("0.1", 0.0)])
def test_the_warm_up_of_an_open_loop_has_its_rate_where_a_request_is_due_in_it(
    tmp_path: Path, rate: str, warm: float
) -> None:
    text = SMALL.replace("warmup: 5s", f"warmup: 5s, primer: 1s, rates: [{rate}]")
    found = drafts(CATALOGUE, read_suite(written(tmp_path, text), "full"))
    (plan, *_) = (c.plan for c in planned(CATALOGUE, RIG, PROJECT / "apps", found, 1))
    assert [load.rate_per_second for _, _, load in plan.phases()] == [0.0, warm, float(rate)]


def test_a_form_overrides_what_all_forms_have(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    full = drafts(CATALOGUE, read_suite(path, "full"))
    quick = drafts(CATALOGUE, read_suite(path, "quick"))
    assert [(d.case, d.axes, d.swept, d.blocks) for d in full] == [
        (case, {"connections": c, "seconds": 0.1}, ("connections",), 3)
        for case in ("one", "two")
        for c in (5, 10)
    ]
    assert [(d.case, d.axes, d.swept, d.blocks) for d in quick] == [
        (case, {"connections": 5, "seconds": s}, ("seconds",), 1)
        for case in ("one", "two")
        for s in (0.1, 0.2)
    ]
    assert (quick[0].level.duration_seconds, full[0].level.warmup_seconds) == (2.0, 5.0)
    assert full[2].variant.workers == 2


def test_a_part_overrides_the_suite_and_its_form_the_part(tmp_path: Path) -> None:
    text = SMALL + (
        "parts:\n"
        "  a: {connections: 64, quick: {connections: 8}}\n"
        "  b: {workload: json, set: {}, cases: [quart]}\n"
    )
    text = text.replace("set: {seconds: 0.1}\n", "").replace(", set: {seconds: [0.1, 0.2]}", "")
    parts = read_suite(written(tmp_path, text), "quick").parts
    assert [(p.name, p.workload, p.connections, list(p.cases)) for p in parts] == [
        ("a", "sleep", (8,), ["one", "two"]),
        ("b", "json", (5,), ["quart"]),
    ]


def test_five_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = """
source: here
cases: {one: aiohttp}
colour: red
duration: soon
connections: [0]
expect:
  - {says: a, shape: near, case: one}
  - {says: b, shape: ahead, case: onne, than: one}
  - {says: c, shape: round, case: one}
"""
    with pytest.raises(BenchrigError) as error:
        read_suite(written(tmp_path, text), "full")
    told = str(error.value)
    for mistake in (
        "colour: is not a known key",
        "title: is missing",
        "'soon': 'soon' is not a duration above zero",
        "connections.0: 0: input should be greater than or equal to 1",
        "expect 3: shape: 'round'",
    ):
        assert mistake in told
    fixed = text.replace("soon", "2s").replace("[0]", "[1]").replace("colour: red", "title: t")
    with pytest.raises(BenchrigError) as error:
        read_suite(
            written(tmp_path, fixed.replace("  - {says: c, shape: round, case: one}", "")), "full"
        )
    told = str(error.value)
    assert "expect 1: value: is missing for shape 'near'" in told
    assert "expect 2: 'onne' is no case; did you mean 'one'?" in told


def test_mistakes_of_every_kind_are_told_at_once(tmp_path: Path) -> None:
    """A key, a duration, a variant, a level its driver can not do, and a case nobody knows."""
    text = """
title: t
source: here
cases: {one: aiohtp, two: {variant: quart, driver: hey}, three: {variant: quart, via: sea}}
colour: red
rates: [100]
full: {duration: soon}
quick: {duration: 2s}
expect:
  - {says: b, shape: ahead, case: onne, than: one}
"""
    with pytest.raises(BenchrigError) as error:
        read_suite(written(tmp_path, text), "quick", lambda parts: fitted(CATALOGUE, parts)[1])
    told = [line.strip(" -") for line in str(error.value).splitlines()[1:]]
    assert told == [
        "colour: is not a known key",
        "cases.three.via: 'sea': input should be '', 'direct' or 'nginx'",
        "duration: 'soon': 'soon' is not a duration above zero",
        "expect 1: 'onne' is no case; did you mean 'one'?",
        "one: variants.yml: 'aiohtp' is unknown; did you mean 'aiohttp'?",
        "two: driver 'hey' at connections 64, rate 100: it has no open loop: "
        "it can not send at a given rate; `fab drivers` tells what each can",
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("set: [1]", "set: [1]: is no mapping of parameters to values"),
        ("quick: 5", "quick: 5: is no mapping of keys to values"),
        ("parts: {x: json}", "parts.x: 'json': is no mapping of keys to values"),
        ("parts: {x: {quick: 5}}", "parts.x.quick: 5: is no mapping of keys to values"),
        ("full: {duration: 0}", "duration: 0: input should be greater than 0"),
        ("rate_to: 50", "seconds 0.1: a rate that moves needs one to begin at"),
    ],
)
def test_what_is_no_layer_or_no_load_is_a_mistake(tmp_path: Path, wrong: str, told: str) -> None:
    key = wrong.partition(":")[0]
    lines = [line for line in SMALL.splitlines() if not line.startswith(f"{key}:")]
    with pytest.raises(BenchrigError) as error:
        read_suite(
            written(tmp_path, "\n".join([*lines, wrong])),
            "full",
            lambda parts: fitted(CATALOGUE, parts)[1],
        )
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ("shape: grows, case: one, along: conections", "'conections' is no axis; did you mean"),
        ("shape: near, case: one, value: 1, times: [rate]", "'rate' is no axis; known: connec"),
        ("shape: near, case: one, value: 1, part: jsn", "'jsn' is no part; did you mean 'json'?"),
        ("shape: near, case: one, value: 1, over: [seconds]", "over: 'seconds' is 0 at a level"),
        ("shape: ahead, case: one, than: three", "no part has both 'one' and 'three'"),
    ],
)
def test_an_expectation_that_could_never_be_judged_is_a_mistake(
    tmp_path: Path, expected: str, told: str
) -> None:
    text = SMALL.replace("set: {seconds: 0.1}", "set: {seconds: [0, 0.1]}")
    text += "parts: {json: {}, other: {cases: [three]}}\n"
    with pytest.raises(BenchrigError) as error:
        read_suite(written(tmp_path, f"{text}expect:\n  - {{says: it, {expected}}}\n"), "full")
    assert f"expect 1: {told}" in str(error.value)


def test_a_cause_that_there_is_not_is_a_mistake(tmp_path: Path) -> None:
    text = f"{SMALL}expect:\n  - {{says: it, shape: limited, case: one, cause: app-cpus}}\n"
    with pytest.raises(BenchrigError, match="expect 1: 'app-cpus' is no cause; did you mean 'app"):
        drafts(CATALOGUE, read_suite(written(tmp_path, text), "full"))


def test_every_unknown_name_of_a_case_is_told(tmp_path: Path) -> None:
    text = SMALL.replace("workload: sleep", "workload: slep\ndriver: wkr")
    text = text.replace("one: aiohttp", "one: aiohtp")
    with pytest.raises(BenchrigError) as error:
        drafts(CATALOGUE, read_suite(written(tmp_path, text), "full"))
    told = str(error.value)
    for hint in ("aiohttp", "sleep", "wrk"):
        assert f"did you mean '{hint}'?" in told
    assert told.count("\n  - ") == 5  # the second case knows its variant


def test_what_does_not_fit_the_catalogue_is_told_at_once(tmp_path: Path) -> None:
    text = SMALL.replace("one: aiohttp", "one: aiohtp").replace("workers: 2", "workers: 0")
    suite = read_suite(written(tmp_path, text), "full")
    with pytest.raises(BenchrigError) as error:
        drafts(CATALOGUE, suite)
    assert "one: variants.yml: 'aiohtp' is unknown; did you mean 'aiohttp'?" in str(error.value)
    assert "two: variant 'flask-sync': workers: 0" in str(error.value)


def test_an_unknown_suite_is_refused_with_the_nearest() -> None:
    with pytest.raises(BenchrigError, match="'brnds' is unknown; did you mean 'brands'"):
        load_suite(PROJECT / "suites", "brnds", "full")


@given(st.integers(1, 2**31), st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_every_cell_runs_once_in_each_of_its_blocks(seed: int, blocks_of: list[int]) -> None:
    order = ordered(seed, blocks_of)
    assert [slot.block for slot in order] == sorted(slot.block for slot in order)
    assert len(set(order)) == len(order)
    assert Counter(slot.cell for slot in order) == dict(enumerate(blocks_of))
    assert order == ordered(seed, blocks_of)


@given(st.integers(1, 2**31), st.integers(1, 6), st.integers(1, 6))
def test_more_blocks_do_not_change_those_before(seed: int, blocks: int, more: int) -> None:
    few, many = ordered(seed, [blocks] * 3), ordered(seed, [blocks + more] * 3)
    assert many[: len(few)] == few


def test_who_comes_first_is_a_fair_coin_in_each_block() -> None:
    seeds = range(400)
    for block in range(1, 7):
        assert 160 < sum(block_order(seed, block, 2)[0] for seed in seeds) < 240


def test_each_block_is_drawn_on_its_own() -> None:
    """All 2^6 orders of six blocks come up about alike, which the exact test counts on."""
    seen = Counter(tuple(block_order(s, b, 2)[0] for b in range(1, 7)) for s in range(6400))
    assert len(seen) == 2**6
    assert sum((count - 100) ** 2 / 100 for count in seen.values()) < 103.4  # chi-square, 99.9 %


def test_another_seed_gives_another_order() -> None:
    assert ordered(1, [4] * 6) != ordered(2, [4] * 6)
    assert ordered(1, [1, 1])[0] in (Slot(1, 0), Slot(1, 1))
