"""A store that is full, shared or handed something hostile: what is complete stays readable."""

import json
import multiprocessing
import resource
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.commands import context
from benchrig.commands.records import show
from benchrig.commands.runs import runs
from benchrig.errors import BenchrigError
from benchrig.report import html
from benchrig.report.build import Judged, build
from benchrig.store.bundle import pack, unpack
from benchrig.store.derived import derived_of, rejudge
from benchrig.store.index import Index
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec, read_run
from tests.factories import make_driver_run, make_raw
from tests.synthetic import Made, make_blocks

SPEC = RunSpec(SCHEMA, "20260101-000000-aiohttp-json-0001", 1.0, "fab bench", "inventory/lab", "x")
FORK = multiprocessing.get_context("fork")
EVIL = "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>"
KINDS = ("bench", "suite", "comparison", "sweep", "capacity", "ramp", "advice", "calibration")


def content(path: Path) -> dict[str, bytes]:
    """Every file of a run by its place in it."""
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def in_child(work: Callable[..., str], *arguments: object) -> str:
    """What a function returns in a process of its own, where limits and crashes stay."""
    with FORK.Pool(1) as pool:
        return pool.apply(work, arguments)


def add_beyond_a_limit(path: Path) -> str:
    """Store a trial whose output is larger than a file may be; what was told."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    run = RunDirectory.again(path)
    large = make_raw(driver_runs=[replace(make_driver_run(), stdout="x" * 1_000_000)])
    try:
        run.add(2, large)
    except BenchrigError as error:
        return str(error)
    return "stored"


def test_a_file_that_can_not_be_written_loses_only_the_trial_at_hand(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    run.add(1, make_raw())
    run.release()
    path = run.path
    told = in_child(add_beyond_a_limit, path)
    assert "a file is larger than may be; what was stored before is complete" in told
    assert sorted(p.name for p in (path / "trials").iterdir()) == ["001"]
    assert read_run(path).status == "unfinished"
    with Index(tmp_path) as index:
        assert [trial.summary.trial for trial in index.every_trial()] == [1]


def go_on(path: Path) -> str:
    """Go on with a run; what was told."""
    try:
        RunDirectory.again(path)
    except BenchrigError as error:
        return str(error)
    return "goes on"


def test_two_controllers_do_not_go_on_with_the_same_run(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, SPEC)
    partial = run.path / "trials" / ".001.7.partial"
    partial.mkdir()
    assert "another process is writing it; wait until it has ended" in in_child(go_on, run.path)
    assert partial.is_dir()  # the trial that the first is storing
    run.release()
    assert in_child(go_on, run.path) == "goes on"


def store_one(results: Path, number: int) -> str:
    """Store a run of three trials and look at all there are, as a controller does."""
    run = RunDirectory(results, replace(SPEC, run_id=f"20260101-00000{number}-a-0001"))
    for trial in range(1, 4):
        run.add(trial, make_raw())
        with Index(results) as index:
            index.runs()
    run.finish("complete")
    rejudge(run.path)
    return run.path.name


def test_two_controllers_store_and_list_at_once(tmp_path: Path) -> None:
    with FORK.Pool(2) as pool:
        names = pool.starmap(store_one, [(tmp_path, number) for number in range(4)])
    with Index(tmp_path) as index:
        assert sorted(run.run_id for run in index.runs()) == sorted(names)
        assert len(index.every_trial()) == 12


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_travels_and_is_the_same_to_the_byte(tmp_path: Path, kind: str) -> None:
    cells = [Made("aiohttp", 900.0, 1e-4), Made("quart", 400.0, 2e-4)]
    path = make_blocks(tmp_path / "here", cells, blocks=2, kind=kind)
    if kind == "bench":
        (path / "plan.json").unlink()
        rejudge(path)
    (path / "selftest.json").write_text(json.dumps({"1": "slow-app"}))
    pack(path, tmp_path / "b.tar.gz")
    there = unpack(tmp_path / "b.tar.gz", tmp_path / "there")
    (there / "derived.json").unlink()
    rejudge(there)
    assert content(there) == content(path)
    one, other = (build(Judged(read_run(p), derived_of(p))) for p in (path, there))
    assert html.render(one) == html.render(other)


def test_text_of_a_record_does_not_lead_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BENCHRIG_RESULTS", str(tmp_path))
    run = RunDirectory(tmp_path, replace(SPEC, command=f"fab bench {EVIL}"))
    run.add(1, make_raw(journal={"app": EVIL}, driver_runs=[make_driver_run("refused")]))
    run.finish(EVIL)
    runs(every=True)
    show("last")
    shown = capsys.readouterr().out
    assert "alert(1)" in shown
    assert not {"\x1b", "\x07"} & set(shown)
    assert context.plain_text("a\tb\n\x9bc") == "a\tb\n?c"
