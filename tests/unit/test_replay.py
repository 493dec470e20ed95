"""Stored runs put back into Prometheus: moved to one start, marked, accepted."""

import gzip
from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.store.replay import openmetrics, plan_replay
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec, StoredRun, read_run
from benchrig.trial.raw import Phase
from tests.factories import BEGIN, make_raw
from tests.promtool import promtool

START = 1_600_000_000.0


def stored(folder: Path, *archives: str) -> StoredRun:
    """A run whose trials kept these samples; each trial measures from 10 to 20 s after it began."""
    spec = RunSpec(SCHEMA, "one-run", BEGIN, "fab bench", "inventory/lab", "benchrig")
    run = RunDirectory(folder, spec)
    for number, text in enumerate(archives, 1):
        begin = BEGIN + 100 * (number - 1)
        phases = [Phase("measure", begin + 10, begin + 20)]
        packed = gzip.compress(f"{text}# EOF\n".encode()) if text else b""
        run.add(number, make_raw(begin_unix=begin, phases=phases, samples_gz=packed))
    return read_run(run.path)


def test_trials_are_moved_together_and_marked(tmp_path: Path) -> None:
    first = f'up{{job="rig"}} 1 {BEGIN + 10}\nup{{job="rig"}} 1 {BEGIN + 104}\nplain 2 {BEGIN}\n'
    second = f'up{{job="rig"}} 1 {BEGIN + 104}\nup{{job="rig"}} 0 {BEGIN + 110}\n'
    planned = plan_replay(stored(tmp_path, first, second), START)
    assert (planned.begin_unix, planned.end_unix) == (START - 10, START + 110)
    text = "".join(openmetrics([planned]))
    assert text == (
        'plain{replay="one-run"} 2 1599999990.000\n'
        'up{job="rig",replay="one-run"} 1 1600000000.000\n'
        'up{job="rig",replay="one-run"} 1 1600000094.000\n'
        'up{job="rig",replay="one-run"} 0 1600000100.000\n'
        "# EOF\n"
    )
    (tmp_path / "samples.om").write_text(text)
    blocks = tmp_path / "blocks"
    promtool("tsdb", "create-blocks-from", "openmetrics", tmp_path / "samples.om", blocks)
    assert len(list(blocks.iterdir())) == 1


def test_a_run_without_samples_can_not_be_replayed_and_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(BenchrigError, match="no samples were kept with it"):
        plan_replay(stored(tmp_path, ""), START)


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    run = stored(tmp_path, f"up 1 {BEGIN}\n")
    (run.path / "trials/001/samples.om.gz").write_bytes(b"\x1f\x8b\x08 cut")
    with pytest.raises(BenchrigError, match=r"samples\.om\.gz"):
        plan_replay(run, START)
