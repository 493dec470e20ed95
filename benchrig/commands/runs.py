"""``fab runs``: what was stored."""

from collections import Counter

from benchrig.commands import context
from benchrig.report.simple import simple_table
from benchrig.store.index import Index, IndexedRun, Outcome
from benchrig.units import format_count

RUNS_SHOWN = 20
TOLD_ONE_BY_ONE = 5  # runs of more trials are told by their range and the count of each grade


def runs(every: bool) -> None:
    """List the newest stored runs, or every one."""
    console = context.make_console()
    results = context.results_directory()
    with Index(results) as index:
        found = index.runs(-1 if every else RUNS_SHOWN)
        outcomes = index.outcomes([run.run_id for run in found])
    if not found:
        console.print(f"no runs in {results}; `fab bench --variant quart-uvloop` makes one")
        return
    rows = [_row(run, outcomes[run.run_id]) for run in found]
    console.print(simple_table(["run", "status", ">requests/s", "trials"], rows))


def _row(run: IndexedRun, outcomes: list[Outcome]) -> list[str]:
    if run.fault:
        return [run.run_id, "unreadable", "", run.fault]
    status = f"{run.status} (by {run.origin})" if run.origin else run.status
    return [
        run.run_id,
        status,
        _rates(outcomes),
        grades_told([outcome.grade for outcome in outcomes]),
    ]


def _rates(outcomes: list[Outcome]) -> str:
    rates = [o.requests_per_second for o in outcomes if o.requests_per_second is not None]
    if len(rates) <= TOLD_ONE_BY_ONE:
        return ", ".join(format_count(rate) for rate in rates)
    return f"{format_count(min(rates))} to {format_count(max(rates))}"


def grades_told(grades: list[str]) -> str:
    """Grades of a run's trials, in few words."""
    if len(grades) <= TOLD_ONE_BY_ONE:
        return ", ".join(grades)
    return ", ".join(f"{count} {grade}" for grade, count in Counter(grades).most_common())
