"""Stored runs compared: only the trials that it is about are read."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchrig.commands import context
from benchrig.commands.compare_stored import compare_stored
from benchrig.commands.gate import GateOptions, gate
from benchrig.errors import BenchrigError
from benchrig.suite.record import ASKED_CONFIDENCE, read_plan, write_plan
from tests.synthetic import Made, make_blocks, make_run

FAST, SLOW = Made("aiohttp", 9000.0, 1.1e-4), Made("quart", 4000.0, 2e-4)


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of stored runs."""
    monkeypatch.setenv("BENCHRIG_RESULTS", str(tmp_path))
    return tmp_path


def test_two_cells_of_a_suite_are_compared_in_their_blocks(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [SLOW, FAST, Made("flask-sync", 900.0, 1e-3)]
    run = make_blocks(results, cells, blocks=6, kind="suite")
    for number in range(1, 19):  # what the two cells do not need can not be read
        raw = run / f"trials/{number:03d}/raw.json"
        if '"flask-sync"' in raw.read_text():
            raw.write_text("{")
    assert compare_stored(run.name, "quart", "aiohttp", "") == 0
    told = capsys.readouterr().out
    assert "aiohttp against quart: faster" in told
    assert "6 blocks" in told
    assert "one after the other" not in told


def test_two_runs_of_one_variant_each_are_compared_and_drift_is_told(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make_run(results, [SLOW], repeats=8, seconds=2)
    second = make_run(results, [FAST], repeats=8, seconds=2, day=1)
    assert compare_stored(f"{first.name},{second.name}", "", "", "3%") == 0
    told = capsys.readouterr().out
    assert "aiohttp against quart: faster" in told
    assert "drift between them can not be told from a difference" in told


def test_of_runs_of_unequal_length_the_shorter_one_says_how_many_blocks(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make_run(results, [SLOW], repeats=10, seconds=2)
    second = make_run(results, [FAST], repeats=6, seconds=2, day=1)
    assert compare_stored(f"{first.name},{second.name}", "", "", "") == 0
    told = capsys.readouterr().out
    assert "aiohttp against quart: faster" in told
    assert f"{first.name} has 10 blocks; as the other run has 6, so many are compared" in told
    assert "does not count" not in told


def test_of_two_plans_the_higher_confidence_is_taken(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = [make_blocks(results, [SLOW, FAST], blocks=8, kind="suite", seed=n) for n in (1, 2)]
    plan = read_plan(runs[1])
    write_plan(runs[1], replace(plan, asked={ASKED_CONFIDENCE: "0.97"}))
    assert compare_stored(f"{runs[0].name},{runs[1].name}", "quart", "aiohttp", "") == 0
    told = capsys.readouterr().out
    assert "97 % interval" in told
    assert ", p " not in told


def test_suspect_trials_that_stand_for_a_cell_are_told(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = make_blocks(results, [SLOW, FAST], blocks=6, kind="suite")
    compare_stored(run.name, "quart", "aiohttp", "")
    told = capsys.readouterr().out
    for name in ("quart", "aiohttp"):
        assert f"note: {name} is suspect: none of its trials is valid" in told


@pytest.mark.parametrize("blocks", [1, 5])
def test_too_few_blocks_for_an_interval_are_no_finding(results: Path, blocks: int) -> None:
    run = make_blocks(results, [SLOW, FAST], blocks=blocks, kind="suite")
    assert compare_stored(run.name, "quart", "aiohttp", "") == context.NOT_VALID


def test_too_many_blocks_that_do_not_count_are_no_finding(results: Path) -> None:
    run = make_blocks(results, [SLOW, FAST], blocks=10, kind="suite")
    for number, slot in enumerate(read_plan(run).order, 1):
        if slot.block <= 4 and slot.cell == 1:
            shutil.rmtree(run / f"trials/{number:03d}")
    assert compare_stored(run.name, "quart", "aiohttp", "") == context.NOT_VALID


def test_levels_of_one_variant_are_cells_of_their_own(results: Path) -> None:
    made = [Made("aiohttp", 9000.0, 1e-4, n) for n in (8, 16, 32)]
    run = make_run(results, made, repeats=6, seconds=2)
    with pytest.raises(BenchrigError, match="--baseline: the run has several cells; known: aio"):
        compare_stored(run.name, "", "", "")
    with pytest.raises(BenchrigError, match=r"level \(connections=8 and connections=16\)"):
        compare_stored(run.name, "aiohttp/json/c8", "aiohttp/json/c16", "")


def test_what_can_not_be_compared_is_told(results: Path) -> None:
    run = make_blocks(results, [SLOW, FAST], blocks=6, kind="suite")
    with pytest.raises(BenchrigError, match="--contender: 'aiohtp' names no cell of the run; did"):
        compare_stored(run.name, "quart", "aiohtp", "")
    with pytest.raises(BenchrigError, match="--runs: 3 runs are named"):
        compare_stored("a,b,c", "", "", "")
    spec = run / "run.json"
    spec.write_text(json.dumps(json.loads(spec.read_text()) | {"lab": "elsewhere"}))
    other = make_run(results, [SLOW], repeats=6, seconds=2, day=1)
    with pytest.raises(BenchrigError, match="rig"):
        compare_stored(f"{run.name},{other.name}", "quart", "quart", "")
    with pytest.raises(BenchrigError, match="the run has one cell only; name two runs"):
        compare_stored(other.name, "", "", "")


@pytest.mark.parametrize(
    ("here", "there", "told"),
    [
        ({"rig": "aa"}, {"rig": "bb"}, r"rig \(rig, hosts aa and rig, hosts bb\)"),
        ({"dataset": "d1"}, {"dataset": "d2"}, r"dataset \(d1 and d2\)"),
        ({"schema": 1}, {}, r"schema \(1 and 2\)"),
    ],
)
def test_runs_of_another_rig_dataset_or_schema_are_refused_by_name(
    results: Path, here: dict[str, Any], there: dict[str, Any], told: str
) -> None:
    made = Made("aiohttp", 900.0, 1e-4, workload="db")
    first = make_run(results, [made], repeats=6, seconds=2)
    second = make_run(results, [made], repeats=6, seconds=2, day=1)
    for run, changes in ((first, here), (second, there)):
        spec = run / "run.json"
        spec.write_text(json.dumps(json.loads(spec.read_text()) | changes))
    with pytest.raises(BenchrigError, match=f"differ in {told}"):
        compare_stored(f"{first.name},{second.name}", "", "", "")


def test_what_an_older_record_does_not_tell_is_not_held_against_it(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make_run(results, [SLOW], repeats=6, seconds=2)
    second = make_run(results, [FAST], repeats=6, seconds=2, day=1)
    spec = second / "run.json"
    spec.write_text(json.dumps(json.loads(spec.read_text()) | {"rig": "aa", "dataset": "d1"}))
    assert compare_stored(f"{first.name},{second.name}", "", "", "") == 0
    assert "aiohttp against quart: faster" in capsys.readouterr().out


@pytest.mark.parametrize(("there", "noted"), [("d2", True), ("d1", False), ("", False)])
def test_a_gate_notes_another_dataset(
    results: Path, capsys: pytest.CaptureFixture[str], there: str, noted: bool
) -> None:
    runs = [make_run(results, [FAST], repeats=6, seconds=2, day=day) for day in (0, 1)]
    for run, name in zip(runs, (there, "d1"), strict=True):
        spec = run / "run.json"
        spec.write_text(json.dumps(json.loads(spec.read_text()) | {"dataset": name}))
    gate(GateOptions(runs[1].name, runs[0].name, "throughput", "", ""))
    assert ("the datasets differ (d2 and d1)" in capsys.readouterr().out) is noted
