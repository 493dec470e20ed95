"""Reports: what they say of a run, in every format."""

import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.dashboards import assets
from benchrig.report import html, markdown
from benchrig.report.build import Judged, build
from benchrig.report.cells import cells_of, sweeps_of
from benchrig.report.charts import Axis, Chart, Line, safe_json
from benchrig.report.document import Document, Section, Table
from benchrig.report.timeline import charts_of
from benchrig.signals.series import Series, Telemetry
from benchrig.store import foreign
from benchrig.store.derived import derived_of
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec, read_run
from tests.factories import BEGIN, GOLDEN, make_driver_run, make_raw
from tests.synthetic import Made, make_run

EVIL = "<script>alert(1)</script>"
FAST, SLOW = Made("aiohttp", 9000.0, 1.1e-4), Made("quart-uvloop", 4000.0, 2e-4)


def judged(path: Path) -> Judged:
    """A run as a report is made from it."""
    return Judged(read_run(path), derived_of(path))


def text_of(document: Document) -> str:
    """Everything that a document says."""
    return markdown.render(document)


def test_the_finding_names_the_better_variant_with_its_interval_and_limit(tmp_path: Path) -> None:
    document = build(judged(make_run(tmp_path, [FAST, SLOW], repeats=6, seconds=2)))
    said = document.finding
    assert said.startswith("aiohttp/json/c64 answered ")
    assert "(95 % interval " in said
    assert ", 6 trials); its limit: " in said
    assert "times quart-uvloop/json/c64" in said
    assert "Of the app's CPU aiohttp/json/c64 took the least" in said


def test_figures_of_other_tools_come_without_a_limit(tmp_path: Path) -> None:
    about = foreign.Foreign("hey", "old box", "json")
    path = foreign.store(GOLDEN / "hey/good.txt", tmp_path, about)
    document = build(judged(path))
    assert (
        document.finding == "old box/json/hey answered 5,227 requests/s (one trial: no interval)."
    )
    assert any("not ours: hey measured them" in note for note in document.notes)


def test_few_trials_have_a_range_and_no_interval(tmp_path: Path) -> None:
    document = build(judged(make_run(tmp_path, [SLOW], repeats=2, seconds=2)))
    assert " in 2 trials)" in document.finding
    assert "interval" not in document.finding


def test_invalid_trials_are_shown_and_not_averaged(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, RunSpec(SCHEMA, "20260101-000000-a", 1.0, "fab bench", "rig", "L"))
    run.add(1, make_raw())
    run.add(2, make_raw(driver_runs=[make_driver_run("server-died")], journal={"app": "Killed"}))
    run.finish("complete")
    document = build(judged(run.path))
    assert "(one trial: no interval)" in document.finding
    figures = next(s for s in document.sections if s.name == "figures").tables[0]
    assert figures.rows[0][1] == "1 of 2"
    doubts = next(s for s in document.sections if s.name == "doubts").tables[0]
    assert doubts.rows[0][:3] == ("2", "aiohttp/json/c64", "invalid")
    trials = next(s for s in document.sections if s.name == "time").parts
    assert "Journal of the app on app: Killed" in trials[1].logs
    assert any("share one machine" in note for note in document.notes)


def test_a_run_without_a_valid_trial_has_no_finding(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path, RunSpec(SCHEMA, "20260101-000000-a", 1.0, "fab bench", "rig", ""))
    run.add(1, make_raw(driver_runs=[make_driver_run("refused")]))
    assert build(judged(run.path)).finding == "No finding: none of 1 trials is valid."


def test_clients_and_tiers_stand_on_one_axis_from_the_live_record(tmp_path: Path) -> None:
    path = make_run(tmp_path, [Made("aiohttp", 1000.0, 6e-4)], seconds=4)
    charts = charts_of(read_run(path).trials[0], "t")
    assert [c.y.label for c in charts] == ["requests/s", "ms", "cores", "MiB"]
    assert {c.sync for c in charts} == {"t"}
    assert {c.x_range for c in charts} == {(-5.0, 4.0)}
    throughput = charts[0]
    assert throughput.x_values[0] == pytest.approx(-5.0)
    second = throughput.x_values.index(1.0)
    assert throughput.lines[0].values[second] == pytest.approx(1000, rel=0.15)
    assert charts[2].lines[0].label == "load generator"


def test_tiers_are_drawn_from_telemetry_where_it_was_kept() -> None:
    def series(host: str, tier: str, *values: float | None) -> Series:
        return Series({"host": host, "tier": tier}, values)

    signals = {
        "tier_cpu_cores": (series("a", "app", 0.5, None), series("b", "app", 0.25, 0.5)),
        "tier_memory_bytes": (series("a", "app", 2**20, 2**21),),
    }
    raw = make_raw(telemetry=Telemetry(BEGIN - 1, 1.0, signals))
    cpu, memory = charts_of(raw, "t")
    assert cpu.x_values == (-1.0, 0.0)
    assert [(line.label, line.values) for line in cpu.lines] == [("app", (0.75, None))]
    assert memory.lines[0].values == (1.0, 2.0)


def test_a_live_record_cut_short_shows_what_there_is() -> None:
    start = '{"v":1,"type":"start","t_unix":1}\n{"v":1,"type":"ti'
    raw = make_raw(driver_runs=[make_driver_run(files={"live.jsonl": start})])
    assert [c.y.label for c in charts_of(raw, "t")] == ["cores", "MiB"]


def test_a_host_whose_clock_is_5_s_off_is_drawn_at_the_right_time(tmp_path: Path) -> None:
    raw = read_run(make_run(tmp_path, [Made("aiohttp", 1000.0, 6e-4)], seconds=4)).trials[0]

    def ahead(text: str) -> str:
        lines = [json.loads(line) for line in text.splitlines()]
        return "".join(json.dumps(one | {"t_unix": one["t_unix"] + 5}) + "\n" for one in lines)

    shifted = replace(
        raw,
        clock_offsets={"app": 5.0, "loadgen": 5.0},
        driver_runs=[
            replace(run, files={name: ahead(text) for name, text in run.files.items()})
            for run in raw.driver_runs
        ],
        snapshots={
            host: {name: replace(one, unix=one.unix + 5) for name, one in moments.items()}
            for host, moments in raw.snapshots.items()
        },
    )
    for right, found in zip(charts_of(raw, "t"), charts_of(shifted, "t"), strict=True):
        assert found.x_values == pytest.approx(right.x_values, abs=1e-3)
        assert found.lines[0].values == pytest.approx(right.lines[0].values)


def test_a_clock_that_is_far_off_is_told(tmp_path: Path) -> None:
    path = make_run(tmp_path, [SLOW], seconds=2)
    assert not any("clock" in note for note in build(judged(path)).notes)
    file = path / "environment.json"
    told = json.loads(file.read_text())
    told["hosts"]["app"]["clock_offset_seconds"] = 5.0
    file.write_text(json.dumps(told))
    assert any("'app' is +5.0 s off" in note for note in build(judged(path)).notes)


def test_cells_that_differ_in_one_number_are_a_sweep(tmp_path: Path) -> None:
    cells = [Made("aiohttp", 100.0 * n, 1e-4, n) for n in (16, 8, 32)]
    path = make_run(tmp_path, cells, seconds=2)
    sweeps = sweeps_of(cells_of(derived_of(path).trials, {}))
    assert [(s.variant, s.parameter) for s in sweeps] == [("aiohttp", "connections")]
    assert [value for value, _ in sweeps[0].points] == [8, 16, 32]
    section = next(s for s in build(judged(path)).sections if s.name == "sweeps")
    assert [c.y.label for c in section.charts] == ["requests/s", "ms"]
    assert [line.label for line in section.charts[1].lines] == ["aiohttp p50", "aiohttp p99"]


def test_what_differs_between_two_runs_is_told(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", [SLOW], seconds=2)
    second = make_run(tmp_path / "b", [FAST], seconds=2, day=1)
    path = second / "environment.json"
    path.write_text(path.read_text().replace("AMD EPYC 7402P", "AMD EPYC 9754"))
    section = next(
        s for s in build(judged(second), judged(first)).sections if s.name == "differences"
    )
    assert ("hosts app cpu_model", "AMD EPYC 7402P", "AMD EPYC 9754") in section.tables[1].rows
    assert "hosts app clock_offset_seconds" not in [row[0] for row in section.tables[1].rows]


def test_what_it_takes_to_repeat_a_run_is_told(tmp_path: Path) -> None:
    document = build(judged(make_run(tmp_path, [SLOW], seconds=2)))
    assert document.sections[-1].code[:3] == (
        f"git checkout {'a' * 40}",
        "ansible-playbook site.yml",
        "fab bench",
    )


def test_a_price_in_the_inventory_prices_a_million_requests(tmp_path: Path) -> None:
    path = make_run(tmp_path, [Made("aiohttp", 1000.0, 1e-4)], seconds=2)
    figures = build(judged(path)).sections[0].tables[0]
    assert figures.headers[-1] == ">price of a million requests"
    assert 0.1 < float(figures.rows[0][-1]) < 0.15  # two hosts at 0.2 an hour


def test_text_of_a_record_is_never_markup() -> None:
    table = Table(EVIL, (EVIL,), ((EVIL,), ("a|b\nc",)))
    chart = Chart(EVIL, Axis(EVIL), (1.0,), Axis(EVIL), (Line(EVIL, (math.nan,)),))
    section = Section("s", EVIL, (EVIL,), (table,), (chart,), code=(EVIL,))
    document = Document(EVIL, EVIL, (EVIL,), (section,))
    page = html.render(document)
    assert "<script>alert" not in page
    assert "default-src &#39;none&#39;" in page
    shown = markdown.render(document)
    outside_code = [line for line in shown.splitlines() if not line.startswith("    ")]
    assert not any("<script>" in line for line in outside_code)
    assert r"| a\|b c |" in shown


def test_chart_data_can_not_end_their_script() -> None:
    text = safe_json({"label": "</script>&'"})
    assert "<" not in text
    assert json.loads(text) == {"label": "</script>&'"}


def test_the_plotting_library_is_the_one_that_was_checked() -> None:
    for line in assets.text_of("SHA256SUMS").splitlines():
        expected, name = line.split()
        assert hashlib.sha256(assets.text_of(name).encode()).hexdigest() == expected
