"""What a report says first: the blocks' finding where there are blocks, and how a sweep scales."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.report import markdown
from benchrig.report.build import Judged, build
from benchrig.report.cells import cells_of, in_order
from benchrig.report.document import Document, Section
from benchrig.report.findings import finding
from benchrig.report.tables import reason_table
from benchrig.store.derived import derived_of
from benchrig.store.run import read_run
from benchrig.store.summary import Reason
from tests.synthetic import Made, make_blocks, make_run

FAST, SLOW = Made("aiohttp", 9000.0, 1.1e-4), Made("quart", 4000.0, 2e-4)
LAW = {8: 7000.0, 16: 12000.0, 32: 17000.0, 64: 19000.0, 128: 16000.0}


def report(path: Path) -> Document:
    """A run's report."""
    return build(Judged(read_run(path), derived_of(path)))


def section(document: Document, name: str) -> Section:
    """One section of it."""
    return next(s for s in document.sections if s.name == name)


def test_the_finding_of_a_comparison_is_that_of_its_blocks(tmp_path: Path) -> None:
    document = report(make_blocks(tmp_path, [SLOW, FAST], blocks=8, kind="comparison"))
    said = document.finding
    assert said.startswith("aiohttp against quart: faster, by requests per second +1")
    assert ", 8 blocks: beyond the noise floor of 0.5 %" in said
    assert "aiohttp/json/c64 answered" in said
    assert "its limit" in said or "what limited it" in said
    told = section(document, "blocks")
    (row,) = told.tables[0].rows
    assert row[:3] == ("aiohttp", "quart", "faster")
    assert row[4] == "requests per second: the hosts have their CPUs to themselves"
    assert "Held against the noise floor 0.5 %: the least; rig was never calibrated" in told.text[1]


def test_too_few_blocks_are_not_enough_data_and_no_ratio_stands_alone(tmp_path: Path) -> None:
    said = report(make_blocks(tmp_path, [SLOW, FAST], blocks=3, kind="suite")).finding
    assert "(3 paired blocks: no interval) quart/json/c64" in said


def test_a_suite_holds_each_case_against_the_first_of_the_same_level(tmp_path: Path) -> None:
    cells = [SLOW, FAST, Made("flask-sync", 900.0, 1e-3), Made("aiohttp", 5000.0, 1e-4, 8)]
    document = report(make_blocks(tmp_path, cells, blocks=6, kind="suite"))
    rows = section(document, "blocks").tables[0].rows
    assert [row[:3] for row in rows] == [
        ("aiohttp", "quart", "faster"),
        ("flask-sync", "quart", "slower"),
    ]
    assert "in 6 paired blocks) quart/json/c64" in document.finding


def test_a_single_variant_is_told_with_its_cost_and_a_doubt_with_its_reason(
    tmp_path: Path,
) -> None:
    (cell,) = in_order(cells_of(derived_of(make_run(tmp_path, [FAST], seconds=1)).trials, {}))
    (trial,) = cell.trials
    sure = replace(cell, trials=(replace(trial, grade="valid", reasons=()),))
    assert finding([sure], {}).endswith(". Each request took 111 µs of the app's CPU.")
    assert "suspect" not in finding([sure], {})
    reasons = (Reason("valid", "told beside it"), Reason("suspect", "the clock was set"))
    doubtful = replace(cell, trials=(replace(trial, grade="suspect", reasons=reasons),))
    assert finding([doubtful], {}).endswith("CPU. aiohttp/json/c64 is suspect: the clock was set.")


def test_a_run_without_blocks_has_no_such_section(tmp_path: Path) -> None:
    document = report(make_run(tmp_path, [SLOW, FAST], seconds=1))
    assert "blocks" not in [s.name for s in document.sections]
    assert "scaling" not in [s.name for s in document.sections]


def test_a_sweep_of_connections_is_fitted_with_its_peak_and_its_error(tmp_path: Path) -> None:
    cells = [Made("aiohttp", rate, 1e-4, n) for n, rate in LAW.items()]
    told = section(report(make_run(tmp_path, cells, seconds=1)), "scaling")
    (row,) = told.tables[0].rows
    assert row[:3] == ("aiohttp, json", "connections", "5")
    assert 40 < float(row[5].split()[0]) < 110
    assert row[7].endswith("%")
    (chart,) = told.charts
    assert [line.label for line in chart.lines] == ["measured", "law"]
    assert chart.x_values == tuple(float(n) for n in LAW)
    for measured, fitted in zip(*(line.values for line in chart.lines), strict=True):
        assert fitted == pytest.approx(measured, rel=0.2)


def test_three_levels_are_too_few_to_fit_and_that_is_said(tmp_path: Path) -> None:
    cells = [Made("aiohttp", 100.0 * n, 1e-4, n) for n in (8, 16, 32)]
    told = section(report(make_run(tmp_path, cells, seconds=1)), "scaling")
    assert told.text == ("aiohttp, json: 3 levels of connections; a fit of three figures needs 4.",)
    assert told.tables == ()


def test_cells_stand_fastest_first_and_levels_as_they_rise(tmp_path: Path) -> None:
    made = [Made("quart", 90.0, 1e-4, n) for n in (64, 8)]
    made += [Made("aiohttp", 900.0 / n, 1e-4, n) for n in (128, 16)]
    trials = derived_of(make_run(tmp_path, made, seconds=1)).trials
    assert [cell.name for cell in in_order(cells_of(trials, {}))] == [
        "quart/json/c8",
        "quart/json/c64",
        "aiohttp/json/c16",
        "aiohttp/json/c128",
    ]


def test_equal_reasons_stand_together_with_the_trials_they_are_of(tmp_path: Path) -> None:
    trials = derived_of(make_run(tmp_path, [FAST, SLOW], repeats=2, seconds=1)).trials
    known, drifts = Reason("valid", "no ceiling"), Reason("suspect", "drifting")
    slow = (known, drifts)
    table = reason_table(
        replace(t, reasons=slow if t.variant == "quart" else (known,)) for t in trials
    )
    assert table.rows == (
        ("2, 4", "quart/json/c64", "suspect", "drifting"),
        ("1-4", "aiohttp/json/c64, quart/json/c64", "valid", "no ceiling"),
    )


def test_columns_without_a_figure_are_left_out(tmp_path: Path) -> None:
    document = report(make_run(tmp_path, [SLOW], seconds=1))
    headers = section(document, "figures").tables[0].headers
    assert ">p99" in headers
    assert ">lowest to highest" not in headers  # of one trial


def test_markdown_says_what_was_run_and_what_was_found(tmp_path: Path) -> None:
    shown = markdown.render(report(make_blocks(tmp_path, [SLOW, FAST], blocks=8, kind="suite")))
    assert "fab suite; begun 2023-11-14" in shown
    assert "## Compared in blocks" in shown


def test_a_section_of_plots_alone_is_not_in_markdown(tmp_path: Path) -> None:
    shown = markdown.render(report(make_run(tmp_path, [SLOW], seconds=1)))
    assert "## Latency" in shown
    assert "## Over time" not in shown


def test_what_a_run_was_made_for_is_said_where_its_figures_could_mislead(tmp_path: Path) -> None:
    searched = report(make_blocks(tmp_path, [SLOW, FAST], blocks=1, kind="capacity")).finding
    assert searched.startswith("A search for the highest rate within a limit; each cell is")
    faults = make_run(tmp_path, [SLOW, FAST], seconds=1, day=1)
    (faults / "selftest.json").write_text("{}")
    assert report(faults).finding.startswith("A self-test of the rig: bottlenecks were put in")
    assert "times" not in report(faults).finding
