"""A results folder on a file system that really fills up; needs root, and no lab."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.store.bundle import pack, unpack
from benchrig.store.derived import derived_of
from benchrig.store.index import Index
from benchrig.store.run import (
    BYTES_PER_TRIAL,
    SCHEMA,
    RunDirectory,
    RunSpec,
    read_run,
    require_space,
)
from tests.factories import make_driver_run, make_raw

SPEC = RunSpec(SCHEMA, "20260101-000000-aiohttp-json-0001", 1.0, "fab bench", "inventory/lab", "x")
LARGE = make_raw(driver_runs=[replace(make_driver_run(), stdout="x" * 700_000)])


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte."""
    place = tmp_path / "results"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_what_was_complete_when_the_disk_filled_up_is_read_and_judged(small: Path) -> None:
    run = RunDirectory(small, SPEC)
    run.add(1, make_raw())
    run.add(2, LARGE)
    with pytest.raises(BenchrigError, match="the disk is full; what was stored before is complete"):
        run.add(3, LARGE)
    run.release()
    assert sorted(p.name for p in (run.path / "trials").iterdir()) == ["001", "002"]
    assert len(read_run(run.path).trials) == 2
    assert [trial.trial for trial in derived_of(run.path).trials] == [1, 2]
    with Index(small) as index:
        assert [found.status for found in index.runs()] == ["unfinished"]


def test_what_can_be_foreseen_is_told_before_anything_is_written(
    small: Path, tmp_path: Path
) -> None:
    with pytest.raises(BenchrigError, match=r"MiB are free, 20 may be needed; make room"):
        require_space(small, BYTES_PER_TRIAL)
    run = RunDirectory(tmp_path / "elsewhere", SPEC)
    run.add(1, LARGE)
    pack(run.path, tmp_path / "b.tar.gz")
    with pytest.raises(BenchrigError, match="make room"):
        unpack(tmp_path / "b.tar.gz", small)
    assert list(small.iterdir()) == []
