"""Runs that a lab really stored, one of each kind: read, judged, bundled and imported as ever.

``tests/golden/runs`` has them as bundles, without their Prometheus samples; the self-test and the
search with their first trials only. Rules change, so what they are judged to be is not fixed
here: that it is the same wherever it is judged is.
"""

from pathlib import Path

import pytest

from benchrig.report import html, markdown
from benchrig.report.build import Judged, build
from benchrig.store.bundle import pack, unpack
from benchrig.store.derived import derived_of, rejudge
from benchrig.store.index import Index
from benchrig.store.run import read_run
from tests.factories import GOLDEN

RUNS = {"bench": 3, "suite": 4, "capacity": 2, "ramp": 1, "selftest": 3}


def content(path: Path) -> dict[str, bytes]:
    """Every file of a run by its place in it."""
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


@pytest.mark.parametrize("kind", RUNS)
def test_a_real_run_travels_and_is_the_same_to_the_byte(tmp_path: Path, kind: str) -> None:
    here = unpack(GOLDEN / f"runs/{kind}.benchrig.tar.gz", tmp_path / "here")
    raw = content(here)
    rejudge(here)
    pack(here, tmp_path / "b.tar.gz")
    there = unpack(tmp_path / "b.tar.gz", tmp_path / "there")
    (there / "derived.json").unlink()
    rejudge(there)
    assert content(there) == content(here)
    assert content(here).items() >= raw.items()


@pytest.mark.parametrize("kind", RUNS)
def test_a_real_run_is_judged_indexed_and_reported(tmp_path: Path, kind: str) -> None:
    path = unpack(GOLDEN / f"runs/{kind}.benchrig.tar.gz", tmp_path)
    with Index(tmp_path) as index:
        (run,) = index.runs()
        trials = index.every_trial()
    assert (run.fault, run.kind, run.place) == ("", kind, "benchrig")
    assert len(trials) == RUNS[kind]
    assert {trial.summary.grade for trial in trials} <= {"valid", "suspect", "invalid"}
    assert any(trial.summary.client for trial in trials)
    document = build(Judged(read_run(path), derived_of(path)))
    assert document.finding
    for shown in (html.render(document), markdown.render(document)):
        assert path.name in shown.replace("\\", "")
