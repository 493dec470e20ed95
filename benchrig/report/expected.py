"""What a suite expected, as a section of the report."""

from benchrig.report.document import Section, Table
from benchrig.store.run import StoredRun
from benchrig.suite.outcome import by_cell, outcomes
from benchrig.suite.record import FILE, read_plan
from benchrig.suite.shapes import shape_findings

TEXT = (
    "Computed from the medians of the trials that count. Shapes are ratios, orders and what "
    "waiting dictates: they must come out on any machine."
)


def expected_section(run: StoredRun) -> Section:
    """The findings of a suite's run; empty for every other run.

    Raises:
        BenchrigError: the run's plan can not be read.
    """
    title = "What the suite found"
    if not (run.path / FILE).exists():
        return Section("found", title)
    plan = read_plan(run.path)
    found = shape_findings(plan.expect, by_cell(plan, outcomes(plan, run.numbered)))
    rows = tuple((each.word, each.says, each.figures) for each in found)
    told = (Table("Findings", ("", "finding", "figures"), rows),) if rows else ()
    return Section("found", title, text=(TEXT,) if rows else (), tables=told)
