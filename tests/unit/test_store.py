"""Runs on disk: complete or absent, never half."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.store.atomic import require_space
from benchrig.store.run import (
    SCHEMA,
    RunDirectory,
    RunSpec,
    find_run,
    new_run_id,
    read_run,
    stored_runs,
)
from tests.factories import make_driver_run, make_environment, make_raw

SPEC = RunSpec(SCHEMA, "20260101-000000-aiohttp-json-0001", 1.0, "fab bench", "inventory/lab", "x")


def test_a_run_reads_back_as_it_was_written(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC, make_environment())
    run.add(1, make_raw())
    run.finish("complete")
    stored = read_run(run.path)
    assert stored.spec == SPEC
    assert stored.environment == make_environment()
    assert stored.trials == (make_raw(),)
    assert stored.status == "complete"


def test_the_drivers_own_output_stands_beside_the_record(tmp_path: Path) -> None:
    path = RunDirectory(tmp_path, SPEC).add(1, make_raw())
    assert "19986 requests in 1.03s" in (path / "load/measure-loadgen/stdout.txt").read_text()


def test_a_run_cut_short_keeps_its_complete_trials_and_says_so(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    run.add(1, make_raw())
    partial = run.path / "trials" / ".002.partial"
    partial.mkdir()
    (partial / "raw.json").write_text('{"plan":')
    stored = read_run(run.path)
    assert len(stored.trials) == 1
    assert stored.status == "unfinished"


def test_a_newer_schema_is_refused_with_the_way_out(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    text = json.loads((run.path / "run.json").read_text()) | {"schema": SCHEMA + 1}
    (run.path / "run.json").write_text(json.dumps(text))
    with pytest.raises(BenchrigError, match=rf"its schema is {SCHEMA + 1}.*update benchrig"):
        read_run(run.path)


def test_a_truncated_record_names_its_file(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    path = run.add(1, make_raw())
    (path / "raw.json").write_text((path / "raw.json").read_text()[:100])
    with pytest.raises(BenchrigError, match=r"trials/001/raw.json: can not be read"):
        read_run(run.path)


def test_runs_are_found_by_part_of_their_name_and_by_age(tmp_path: Path) -> None:
    with pytest.raises(BenchrigError, match="no run is stored yet; `fab bench` makes one"):
        find_run(tmp_path, "last")
    RunDirectory(tmp_path, SPEC)
    newer = RunSpec(**{**vars(SPEC), "run_id": "20260102-000000-quart-json-0002"})
    RunDirectory(tmp_path, newer)
    assert find_run(tmp_path, "aiohttp").name == SPEC.run_id
    assert find_run(tmp_path, "last").name == newer.run_id
    assert [p.name for p in stored_runs(tmp_path)] == [newer.run_id, SPEC.run_id]
    with pytest.raises(BenchrigError, match="2 stored runs fit '2026'"):
        find_run(tmp_path, "2026")
    with pytest.raises(BenchrigError, match="no stored run fits 'django'"):
        find_run(tmp_path, "django")


def test_two_runs_never_share_a_name() -> None:
    assert len({new_run_id("a") for _ in range(50)}) > 45


def test_a_full_disk_is_told_before_the_run(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    with pytest.raises(BenchrigError, match="set BENCHRIG_RESULTS to another folder"):
        require_space(tmp_path, free * 2)


def test_a_run_is_never_overwritten(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    run.add(1, make_raw())
    with pytest.raises(BenchrigError, match="is stored already, and never overwritten"):
        RunDirectory(tmp_path, SPEC)
    with pytest.raises(BenchrigError, match=r"trials/001: is stored already"):
        run.add(1, make_raw())
    assert read_run(run.path).trials == (make_raw(),)


def test_what_schema_1_stored_is_still_read(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    run.add(1, make_raw())
    old = {k: v for k, v in vars(SPEC).items() if k != "origin"} | {"schema": 1}
    (run.path / "run.json").write_text(json.dumps(old))
    stored = read_run(run.path)
    assert stored.spec == replace(SPEC, schema=1)
    assert stored.environment is None
    assert stored.trials == (make_raw(),)


@pytest.mark.parametrize("text", ["[]", '{"name": "other"}', '{"schema": "x", "run_id": "r"}'])
def test_somebody_elses_run_json_is_told_apart(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(BenchrigError, match=r"run.json: is no run of benchrig; move it elsewhere"):
        read_run(tmp_path)


def test_a_record_edited_by_hand_names_the_field(tmp_path: Path) -> None:
    path = RunDirectory(tmp_path, SPEC).add(1, make_raw()) / "raw.json"
    edited = json.loads(path.read_text())
    edited["plan"]["level"]["connections"] = "many"
    path.write_text(json.dumps(edited))
    with pytest.raises(BenchrigError, match=r"raw.json: can not be read: plan.level.connections: "):
        read_run(path.parents[2])


def test_names_in_a_record_lead_nowhere_else(tmp_path: Path) -> None:
    path = RunDirectory(tmp_path, SPEC).add(1, make_raw()) / "raw.json"
    edited = json.loads(path.read_text())
    edited["driver_runs"][0]["host"] = "../../../../etc"
    path.write_text(json.dumps(edited))
    with pytest.raises(BenchrigError, match="is not a name of a stored file"):
        read_run(path.parents[2])
    with pytest.raises(BenchrigError, match="is not a name of a stored file"):
        RunDirectory(tmp_path, replace(SPEC, run_id="../out"))


def test_output_that_is_no_text_is_kept_to_the_byte(tmp_path: Path) -> None:
    said = b"ok\r\n\xff\xfe".decode(errors="surrogateescape")
    raw = make_raw(driver_runs=[replace(make_driver_run(), stdout=said)])
    path = RunDirectory(tmp_path, SPEC).add(1, raw)
    assert (path / "load/measure-loadgen/stdout.txt").read_bytes() == b"ok\r\n\xff\xfe"
    assert read_run(path.parents[1]).trials == (raw,)


def test_a_disk_that_fills_up_loses_only_the_trial_at_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = RunDirectory(tmp_path, SPEC)
    run.add(1, make_raw())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(BenchrigError, match="the disk is full; what was stored before is"):
            run.add(2, make_raw())
    run.finish("interrupted")
    assert sorted(p.name for p in (run.path / "trials").iterdir()) == ["001"]
    assert read_run(run.path).status == "interrupted"


def test_more_than_999_trials_keep_their_order(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    for number in (1000, 999):
        run.add(number, make_raw())
    assert list(read_run(run.path).numbered) == [999, 1000]
