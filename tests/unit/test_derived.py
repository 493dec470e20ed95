"""What is made from raw data: the same each time, kept for speed, and no loss when it goes."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from benchrig.commands import records
from benchrig.store.derived import FILE, derived_of, rejudge
from benchrig.store.index import NAME, Index
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec
from benchrig.store.schema import FOLDER, schemas
from benchrig.store.summarise import cell_name, summarise
from tests.factories import make_driver_run, make_plan, make_raw


def store(results: Path, run_id: str = "20260101-000000-a-0001", trials: int = 2) -> Path:
    """A finished run of equal trials."""
    run = RunDirectory(results, RunSpec(SCHEMA, run_id, 1.0, "fab bench", "inventory/lab", "x"))
    for number in range(1, trials + 1):
        run.add(number, make_raw())
    run.finish("complete")
    return run.path


def test_judging_all_runs_again_goes_on_past_one_that_can_not_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BENCHRIG_RESULTS", str(tmp_path))
    old, broken = store(tmp_path), store(tmp_path, "20260102-000000-b-0002")
    (broken / "trials" / "001" / "raw.json").write_text("{}")
    (old / FILE).unlink(missing_ok=True)
    assert records.rejudge("all") == 2
    assert (old / FILE).exists()
    shown = capsys.readouterr().out
    assert f"{old.name}: valid, valid" in shown
    assert f"{broken.name}: " in shown
    assert "can not be read" in shown


def test_a_summary_holds_what_lists_and_exports_need() -> None:
    found = summarise(3, make_raw())
    assert (found.trial, found.cell, found.grade) == (3, "aiohttp/json/c64", "valid")
    assert found.requests_per_second == pytest.approx(19986 / 1.03)
    assert found.tiers["app"].cpu_cores == pytest.approx(0.9)
    assert found.app_cpu_seconds_per_request == pytest.approx(0.9 / 19986)
    assert found.usable


def test_an_unreadable_trial_has_a_grade_and_no_figures() -> None:
    found = summarise(1, make_raw(driver_runs=[make_driver_run("refused")]))
    assert (found.grade, found.client, found.usable) == ("invalid", None, False)
    assert "Connection refused" in found.reasons[0].text


def test_a_cell_is_named_by_what_is_not_the_default() -> None:
    plan = make_plan("aiohttp", "queries", parameters={"queries": 20.0}, rate_per_second=1000.0)
    assert cell_name(plan) == "aiohttp/queries/queries=20/c64/r1000"
    assert cell_name(make_plan("flask-sync-4")) == "flask-sync-4/json/c64/w4"


def test_judging_again_gives_the_same_bytes(tmp_path: Path) -> None:
    path = store(tmp_path)
    rejudge(path)
    first = (path / FILE).read_bytes()
    (path / FILE).unlink()
    rejudge(path)
    assert (path / FILE).read_bytes() == first


def test_what_was_kept_is_passed_over_when_raw_data_are_newer(tmp_path: Path) -> None:
    path = store(tmp_path, trials=1)
    rejudge(path)
    raw = path / "trials/001/raw.json"
    text = json.loads(raw.read_text())
    text["app_units"]["app"]["end"] = "restarted"
    raw.write_text(json.dumps(text))
    later = (path / FILE).stat().st_mtime_ns + 1_000_000
    os.utime(raw, ns=(later, later))
    assert [t.grade for t in derived_of(path).trials] == ["invalid"]


def test_damaged_derived_data_are_made_again(tmp_path: Path) -> None:
    path = store(tmp_path, trials=1)
    (path / FILE).write_text('{"schema": 1, "tri')
    assert [t.grade for t in derived_of(path).trials] == ["valid"]


def test_the_index_follows_what_is_stored_changed_and_deleted(tmp_path: Path) -> None:
    path = store(tmp_path)
    with Index(tmp_path) as index:
        assert [run.run_id for run in index.runs()] == [path.name]
        assert [t.summary.trial for t in index.history("aiohttp/json/c64")] == [1, 2]
        newer = store(tmp_path, "20260102-000000-b-0002", trials=1)
        (newer / "trials/001/raw.json").write_text("{")
        assert index.refresh() == 1
        broken, sound = index.runs()
        assert "cut short" in broken.fault
        assert sound.fault == ""
        (path / "run.json").unlink()
        index.refresh()
        assert index.cells() == []


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\0" + b"x" * 99])
def test_a_lost_or_damaged_index_is_made_again(tmp_path: Path, content: bytes) -> None:
    store(tmp_path)
    (tmp_path / NAME).write_bytes(content)
    with Index(tmp_path) as index:
        assert len(index.every_trial()) == 2


def test_an_index_of_another_version_is_made_again(tmp_path: Path) -> None:
    store(tmp_path)
    with Index(tmp_path) as index:
        index._database.execute("PRAGMA user_version = 99")
    with Index(tmp_path) as index:
        assert len(index.every_trial()) == 2


def test_several_controllers_may_use_the_index_at_once(tmp_path: Path) -> None:
    for number in range(6):
        store(tmp_path, f"20260101-00000{number}-a-0001", trials=1)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert pool.map(count_trials, [tmp_path] * 8) == [6] * 8


def count_trials(results: Path) -> int:
    """Trials in the index, as another process sees them."""
    with Index(results) as index:
        return len(index.every_trial())


def test_the_documented_schemas_are_those_of_the_code() -> None:
    stored = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert stored == schemas(), "run `python -m benchrig.store.schema`"
