"""The noise floor of lists, gates and the site is the one that the rig's calibration stored."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.commands.floors import floors
from benchrig.commands.noise import stored_text
from benchrig.compare.pairs import Outcome
from benchrig.errors import BenchrigError
from benchrig.history.gate import judge
from benchrig.history.series import series_of
from benchrig.report.comparison import floors_text
from benchrig.stats.floor import FLOOR_LEAST
from benchrig.stats.noise import calibrate
from benchrig.store.derived import derived_of
from benchrig.store.floors import Floors, read_floors
from benchrig.store.index import Index
from benchrig.store.noise import (
    OutcomeNoise,
    StoredCalibration,
    read_calibration,
    store_calibration,
)
from benchrig.suite.judging import floors_of
from tests.synthetic import Made, make_run

CELL = "aiohttp/json/c64"
MADE = [Made("aiohttp", 900.0, 1e-4)]
RATIOS = (0.02, -0.03, 0.01, 0.04, -0.02, 0.03, -0.01, 0.02, -0.04, 0.01) * 2
DAY = 1_700_000_000.0


def calibrated(
    results: Path, run_id: str, rig: str = "f00d", blocks: int = len(RATIOS)
) -> StoredCalibration:
    """A calibration of this rig from the first of the blocks, stored."""
    ratios = RATIOS[:blocks]
    each = tuple(OutcomeNoise(kind, ratios, calibrate(ratios)) for kind in Outcome)
    kept = StoredCalibration(1, rig, run_id, DAY, "aiohttp", "json", 8.0, each)
    store_calibration(results, kept)
    return kept


def made_for(run: Path, kind: str, rig: str = "") -> Path:
    """The run with a plan that says what it was made for."""
    (run / "plan.json").write_text(json.dumps({"kind": kind, "asked": {"rig": rig}}))
    return run


def test_the_floor_is_that_of_the_rigs_calibration_and_says_from_when(tmp_path: Path) -> None:
    kept = calibrated(tmp_path, "20231114-calibration-aiohttp")
    found = read_floors(tmp_path).of("f00d", "lab", Outcome.CPU)
    assert found.log_ratio == floors_of(kept)[Outcome.CPU] > FLOOR_LEAST
    percent = f"{math.expm1(found.log_ratio) * 100:.2g} %"
    assert found.told == (
        f"noise floor {percent}: calibrated 2023-11-14 by 20231114-calibration-aiohttp "
        "(CPU per request, 20 blocks)"
    )


def test_a_calibration_of_few_blocks_is_called_rough(tmp_path: Path) -> None:
    kept = calibrated(tmp_path, "short", blocks=19)
    assert all(each.noise.floor > FLOOR_LEAST for each in kept.outcomes)
    assert floors_of(kept) == {each.outcome: each.noise.floor for each in kept.outcomes}
    assert read_floors(tmp_path).of("f00d", "lab", Outcome.CPU).told == (
        "noise floor 1 %: rough; calibrated 2023-11-14 by short (CPU per request, "
        "19 blocks), which are few: `fab calibrate`"
    )
    assert floors_text(kept) == (
        "noise floor from short, 19 blocks: requests per second 1 %, CPU per request 1 %; "
        "it is rough below 20 blocks: `fab calibrate`"
    )


def test_a_calibration_of_few_blocks_replaces_none_of_enough(tmp_path: Path) -> None:
    rough = calibrated(tmp_path, "rough", blocks=12)
    rougher = calibrated(tmp_path, "rougher", blocks=11)
    assert read_calibration(tmp_path, rough.rig) == rougher
    good = calibrated(tmp_path, "good")
    short = replace(rough, run_id="short")
    assert stored_text(tmp_path, short) == (
        "not stored: this rig's calibration from more blocks is kept; one in which 20 blocks "
        "count replaces it"
    )
    assert read_calibration(tmp_path, rough.rig) == good
    half = replace(good, run_id="half", outcomes=(good.outcomes[0], short.outcomes[1]))
    assert store_calibration(tmp_path, half) is None
    again = replace(good, run_id="again")
    assert stored_text(tmp_path, again).startswith("noise of this rig stored in ")
    assert read_calibration(tmp_path, rough.rig) == again


def test_a_rig_that_was_never_calibrated_has_the_least_floor_and_says_what_to_run(
    tmp_path: Path,
) -> None:
    calibrated(tmp_path, "run")
    found = read_floors(tmp_path).of("beef", "inventory/mine", Outcome.THROUGHPUT)
    assert found.log_ratio == floors_of(None)[Outcome.THROUGHPUT]
    assert found.told == (
        "noise floor 0.5 %: the least; inventory/mine was never calibrated: `fab calibrate`"
    )


def test_runs_of_before_fingerprints_take_the_calibration_of_their_inventory(
    tmp_path: Path,
) -> None:
    run = make_run(tmp_path, MADE, seconds=1)
    kept = calibrated(tmp_path, run.name)
    found = read_floors(tmp_path)
    assert found.of("", "rig", Outcome.CPU).log_ratio == kept.floor(Outcome.CPU)
    assert found.of("", "another", Outcome.CPU).log_ratio == FLOOR_LEAST
    assert found.of("beef", "rig", Outcome.CPU).log_ratio == FLOOR_LEAST  # other hosts by now


def test_a_floor_that_was_typed_is_used(tmp_path: Path) -> None:
    calibrated(tmp_path, "run")
    found = floors(tmp_path, "3%").of("f00d", "lab", Outcome.CPU)
    assert (found.log_ratio, found.origin) == (math.log1p(0.03), "as --floor says")
    with pytest.raises(BenchrigError, match="--floor: '3' is no share"):
        floors(tmp_path, "3")


def test_a_damaged_calibration_is_told(tmp_path: Path) -> None:
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "f00d.json").write_text("{")
    with pytest.raises(BenchrigError, match=r"noise/f00d.json: can not be read"):
        read_floors(tmp_path)


def test_a_history_is_held_against_the_floor_of_its_rig(tmp_path: Path) -> None:
    runs = [make_run(tmp_path, MADE, seconds=1, day=day) for day in range(2)]
    kept = calibrated(tmp_path, made_for(runs[1], "suite", "f00d").name)
    with Index(tmp_path) as index:
        (series,) = series_of(index.history(CELL), "cpu", read_floors(tmp_path))
    assert series.floor.log_ratio == kept.floor(Outcome.CPU)
    assert len(series.points) == 2


def test_probes_calibrations_and_self_tests_are_no_history(tmp_path: Path) -> None:
    kinds = ("capacity", "ramp", "advice", "calibration", "comparison", "sweep")
    for day, kind in enumerate(kinds):
        made_for(make_run(tmp_path, MADE, seconds=1, day=day), kind)
    selftest = make_run(tmp_path, MADE, seconds=1, day=7)
    (selftest / "selftest.json").write_text("{}")
    plain = make_run(tmp_path, MADE, seconds=1, day=8)
    with Index(tmp_path) as index:
        runs = {run.run_id: run.kind for run in index.runs()}
        found = {trial.run.kind for trial in index.history(CELL)}
        (cell,) = index.cells()
    assert (runs[selftest.name], runs[plain.name]) == ("selftest", "bench")
    assert found == {"comparison", "sweep", "bench"}
    assert (cell.name, cell.place, cell.window, cell.runs) == (CELL, "rig", "1 s", 3)


def test_windows_of_different_lengths_are_apart(tmp_path: Path) -> None:
    short = make_run(tmp_path, MADE, seconds=1, repeats=4)
    longer = make_run(tmp_path, MADE, seconds=2, repeats=4, day=1)
    with Index(tmp_path) as index:
        found = series_of(index.history(CELL), "throughput", Floors({}, {}))
        assert [cell.window for cell in index.cells()] == ["1 s", "2 s"]
    assert [(s.window, len(s.points)) for s in found] == [("1 s", 1), ("2 s", 1)]
    (judged,) = judge(derived_of(short).trials, derived_of(longer).trials, "throughput", 0.02)
    assert judged.word == "not-enough-data"
    assert judged.reason == "measured for 1 s there and for 2 s here, which are not comparable"


def test_a_run_keeps_its_floor_when_the_newest_of_a_cell_has_no_fingerprint(
    tmp_path: Path,
) -> None:
    first = make_run(tmp_path, MADE, seconds=1)
    spec = first / "run.json"
    spec.write_text(json.dumps(json.loads(spec.read_text()) | {"rig": "f00d"}))
    make_run(tmp_path, MADE, seconds=1, day=1)
    kept = replace(calibrated(tmp_path, "gone"), rig="f00d")
    with Index(tmp_path) as index:
        (series,) = series_of(index.history(CELL), "throughput", read_floors(tmp_path))
    assert series.floor.log_ratio == kept.floor(Outcome.THROUGHPUT)
