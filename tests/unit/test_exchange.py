"""Runs that leave and come back, and what other tools measured."""

import csv
import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchrig.errors import BenchrigError
from benchrig.report import rows, techempower
from benchrig.store import foreign
from benchrig.store.bundle import pack, unpack
from benchrig.store.derived import derived_of, rejudge
from benchrig.store.foreign import Foreign
from benchrig.store.index import Index
from benchrig.store.run import read_run
from benchrig.store.techempower import read
from tests.factories import GOLDEN
from tests.synthetic import Made, make_run

Change = Callable[[dict[str, Any], list[tuple[Any, bytes]]], None]
NAMES = ["../evil", "/etc/evil", "trials/../../evil", ".ssh/evil", "a\nb", "a/b/c/d/e/f/g", "a//b"]
NOT_THEIRS = ['{"rawData": {"json": {"x": 3}}}', '{"rawData": {}}', "[]", "garbage"]
FAST = Made("aiohttp", 900.0, 1e-4)
EVIL = "</script><b>\x1b[31m" + "x" * 500

THEIRS: dict[str, Any] = {
    "startTime": 1_695_081_600_000,
    "duration": 15,
    "concurrencyLevels": [16, 512],
    "queryIntervals": [1, 20],
    "cachedQueryIntervals": [1],
    "pipelineConcurrencyLevels": [256],
    "rawData": {
        "json": {
            "starlette": [
                {
                    "latencyAvg": "0.90ms",
                    "latencyMax": "8.00ms",
                    "totalRequests": 1_500_015,
                    "5xx": 15,
                },
                {
                    "latencyAvg": "2.00ms",
                    "latencyMax": "1.20s",
                    "totalRequests": 3_000_000,
                    "read": 4,
                },
            ]
        },
        "query": {EVIL: [{}, {"latencyAvg": "40.1ms", "totalRequests": 187_770}]},
    },
}


def content(path: Path) -> dict[str, bytes]:
    """Every file of a run by its place in it."""
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_a_run_bundled_imported_and_judged_again_is_the_same_to_the_byte(tmp_path: Path) -> None:
    path = make_run(tmp_path / "here", [FAST], repeats=2, seconds=2)
    (path / "report.html").write_text("made from the record")
    pack(path, tmp_path / "b.tar.gz")
    there = unpack(tmp_path / "b.tar.gz", tmp_path / "there")
    rejudge(there)
    (path / "report.html").unlink()
    assert content(there) == content(path)
    pack(there, tmp_path / "again.tar.gz")
    assert (tmp_path / "again.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_a_run_that_is_here_already_is_not_overwritten(tmp_path: Path) -> None:
    path = make_run(tmp_path, [FAST], seconds=2)
    pack(path, tmp_path / "b.tar.gz")
    with pytest.raises(BenchrigError, match="is stored already, and never overwritten"):
        unpack(tmp_path / "b.tar.gz", tmp_path)


def bundle(
    tmp_path: Path, change: Callable[[dict[str, Any], list[tuple[Any, bytes]]], None]
) -> Path:
    """A sound bundle with something changed in its list or its members."""
    good = tmp_path / "good.tar.gz"
    pack(make_run(tmp_path / "src", [FAST], seconds=1), good)
    with gzip.open(good) as packed, tarfile.open(fileobj=packed) as archive:
        members = [(m, f.read()) for m in archive if (f := archive.extractfile(m))]
    listed = json.loads(members.pop(0)[1])
    change(listed, members)
    bad = tmp_path / "bad.tar.gz"
    with gzip.open(bad, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        head = json.dumps(listed).encode()
        for member, text in [(tarfile.TarInfo("bundle.json"), head), *members]:
            member.size = len(text) if member.isfile() else 0
            archive.addfile(member, io.BytesIO(text))
    return bad


def renamed(name: str) -> Change:
    """A file that is listed under a name that leads elsewhere."""

    def change(listed: dict[str, Any], members: list[tuple[Any, bytes]]) -> None:
        text = b"evil"
        digest = hashlib.sha256(text).hexdigest()
        listed["files"][name] = {"bytes": len(text), "sha256": digest}
        members.append((tarfile.TarInfo(name), text))

    return change


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "trials/../../evil", ".ssh/evil", "a\nb", "a/b/c/d/e/f/g", "a//b"],
)
def test_a_name_in_a_bundle_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(BenchrigError, match=r"is not a name of a stored file|lies too deep"):
        unpack(bundle(tmp_path, renamed(name)), tmp_path / "there")
    assert list((tmp_path / "there").iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    def link(_: dict[str, Any], members: list[tuple[Any, bytes]]) -> None:
        member = tarfile.TarInfo("trials/link")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        members.append((member, b""))

    with pytest.raises(BenchrigError, match="'trials/link' is no plain file"):
        unpack(bundle(tmp_path, link), tmp_path / "there")


def test_what_is_not_listed_changed_or_missing_is_refused(tmp_path: Path) -> None:
    def unlisted(_: dict[str, Any], members: list[tuple[Any, bytes]]) -> None:
        members.append((tarfile.TarInfo("extra"), b"x"))

    def changed(_: dict[str, Any], members: list[tuple[Any, bytes]]) -> None:
        members[0] = (members[0][0], members[0][1][:-1] + b" ")

    def missing(_: dict[str, Any], members: list[tuple[Any, bytes]]) -> None:
        members.pop()

    faults = {unlisted: "is not on its list", changed: "is damaged", missing: "1 files are missing"}
    for number, (change, fault) in enumerate(faults.items()):
        folder = tmp_path / str(number)
        with pytest.raises(BenchrigError, match=fault):
            unpack(bundle(folder, change), folder / "there")
        assert list((folder / "there").iterdir()) == []


def test_sizes_that_a_bundle_claims_are_bounded(tmp_path: Path) -> None:
    def huge(listed: dict[str, Any], _: list[tuple[Any, bytes]]) -> None:
        listed["files"]["big"] = {"bytes": 10**13, "sha256": ""}

    with pytest.raises(BenchrigError, match="holds more than 8 GiB"):
        unpack(bundle(tmp_path, huge), tmp_path / "there")


@pytest.mark.parametrize("cut", [0, 2, 20, 900])
def test_a_bundle_cut_short_is_told(tmp_path: Path, cut: int) -> None:
    pack(make_run(tmp_path / "src", [FAST], seconds=1), tmp_path / "b.tar.gz")
    (tmp_path / "b.tar.gz").write_bytes((tmp_path / "b.tar.gz").read_bytes()[:cut])
    with pytest.raises(BenchrigError, match="bundle"):
        unpack(tmp_path / "b.tar.gz", tmp_path / "there")


def test_their_results_json_is_read_as_they_rank_it() -> None:
    first, second, queries = read(THEIRS)
    assert first.cell == "starlette/json/c16/techempower"
    assert first.requests_per_second == 100_000
    assert first.client
    assert first.client.errors == {"status": 15}
    assert first.client.mean_seconds == pytest.approx(0.0009)
    assert second.client
    assert (second.client.max_seconds, second.client.errors) == (1.2, {"read": 4})
    assert queries.parameters == {"queries": 20.0}
    assert (queries.grade, queries.origin, queries.connections) == ("theirs", "techempower", 512)
    assert queries.variant.isprintable()
    assert len(queries.variant) == 120


def test_imported_results_stand_beside_ours_and_stay_marked(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    file.write_text(json.dumps(THEIRS))
    results = tmp_path / "results"
    make_run(results, [FAST], seconds=1)
    path = foreign.store(file, results, Foreign("techempower", "x", "x"))
    before = rejudge(path)
    (path / "derived.json").unlink()
    assert derived_of(path) == before
    with Index(results) as index:
        origins = {trial.run.place for trial in index.every_trial()}
    assert origins == {"techempower (theirs)", "rig"}


@pytest.mark.parametrize(
    ("tool", "file", "rate"),
    [
        ("wrk", "wrk/aiohttp-json.txt", 19986 / 1.03),
        ("hey", "hey/good.txt", 10480 / 2.0048),
        ("ab", "ab/good.txt", 40013 / 2.0),
    ],
)
def test_what_other_tools_printed_is_recognised_and_read(
    tmp_path: Path, tool: str, file: str, rate: float
) -> None:
    text = (GOLDEN / file).read_text()
    assert foreign.recognise(text) == tool
    path = foreign.store(GOLDEN / file, tmp_path, Foreign(tool, "old box", "json", 10))
    (trial,) = derived_of(path).trials
    assert trial.requests_per_second == pytest.approx(rate, rel=1e-6)
    assert (trial.grade, trial.cell) == ("theirs", f"old box/json/c10/{tool}")
    assert read_run(path).trials == ()


@pytest.mark.parametrize(
    "text", ['{"rawData": {"json": {"x": 3}}}', '{"rawData": {}}', "[]", "garbage"]
)
def test_a_file_that_is_not_what_it_should_be_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(BenchrigError, match=r"x.json: "):
        foreign.store(file, tmp_path / "results", Foreign("techempower", "x", "x"))
    assert list((tmp_path / "results").iterdir()) == []


def test_what_we_export_reads_back_as_their_results(tmp_path: Path) -> None:
    cells = [Made("aiohttp", 900.0, 1e-4, c) for c in (16, 64)]
    cells += [Made("quart-uvloop", 500.0, 1e-4, 16), Made("aiohttp", 90.0, 1e-4, workload="echo")]
    path = make_run(tmp_path, cells, repeats=3, seconds=2)
    run, judged = read_run(path), derived_of(path)
    made = techempower.export(run.spec, run.environment, judged.trials, {})
    assert "quart-uvloop, json: not measured at 64" in made.left_out
    assert any("echo" in text and "no test type of theirs" in text for text in made.left_out)
    found = read(json.loads(made.text))
    assert [t.cell for t in found] == [f"aiohttp/json/c{c}/techempower" for c in (16, 64)]
    rates = sorted(
        t.requests_per_second or 0 for t in judged.trials if t.cell == "aiohttp/json/c16"
    )
    assert found[0].requests_per_second == pytest.approx(rates[1])
    assert foreign.recognise(made.text) == "techempower"


def test_a_suspect_trial_is_not_exported_beside_valid_ones(tmp_path: Path) -> None:
    path = make_run(tmp_path, [Made("aiohttp", 900.0, 1e-4)], repeats=3, seconds=2)
    run, judged = read_run(path), derived_of(path)
    slow, *others = sorted(judged.trials, key=lambda t: t.requests_per_second or 0)
    doubted = [replace(slow, grade="valid"), *(replace(t, grade="suspect") for t in others)]
    found = read(json.loads(techempower.export(run.spec, run.environment, doubted, {}).text))
    assert [t.requests_per_second for t in found] == [pytest.approx(slow.requests_per_second)]


def test_csv_is_harmless_in_a_spreadsheet_and_whole(tmp_path: Path) -> None:
    path = make_run(tmp_path, [FAST], repeats=2, seconds=1)
    table = [rows.row("=cmd()", trial) for trial in derived_of(path).trials]
    text = rows.to_csv(table)
    read_back = list(csv.DictReader(io.StringIO(text)))
    assert [r["run"] for r in read_back] == ["'=cmd()", "'=cmd()"]
    assert float(read_back[0]["requests_per_second"]) == table[0]["requests_per_second"]
    assert read_back[0]["nginx_cpu_cores"] == "0.0"


def test_openmetrics_escapes_labels_and_ends(tmp_path: Path) -> None:
    path = make_run(tmp_path, [FAST], seconds=1)
    text = rows.to_openmetrics([rows.row('a"b\\c\nd', t) for t in derived_of(path).trials])
    lines = text.splitlines()
    assert lines[-1] == "# EOF"
    assert lines[0] == "# TYPE benchrig_trial_requests_per_second gauge"
    assert lines[2].startswith('benchrig_trial_requests_per_second{run="a\\"b\\\\c\\nd",trial="1",')
