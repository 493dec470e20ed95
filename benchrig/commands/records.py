"""``fab runs``, ``fab show`` and ``fab rejudge``: what was stored."""

import time
from collections import Counter

from benchrig.commands import context
from benchrig.figures import figures
from benchrig.report.build import Judged, build
from benchrig.report.terminal import show_document, show_trial, simple_table
from benchrig.store.derived import derived_of
from benchrig.store.derived import rejudge as judge_again
from benchrig.store.index import Index, IndexedRun, Outcome
from benchrig.store.run import find_run, read_run, stored_runs
from benchrig.suite.record import FILE as PLAN_FILE
from benchrig.trial.plan import load_title
from benchrig.units import format_count
from benchrig.verdict.bottleneck import find_bottleneck
from benchrig.verdict.validity import judge

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
    return [run.run_id, status, _rates(outcomes), _grades([outcome.grade for outcome in outcomes])]


def _rates(outcomes: list[Outcome]) -> str:
    rates = [o.requests_per_second for o in outcomes if o.requests_per_second is not None]
    if len(rates) <= TOLD_ONE_BY_ONE:
        return ", ".join(format_count(rate) for rate in rates)
    return f"{format_count(min(rates))} to {format_count(max(rates))}"


def _grades(grades: list[str]) -> str:
    if len(grades) <= TOLD_ONE_BY_ONE:
        return ", ".join(grades)
    return ", ".join(f"{count} {grade}" for grade, count in Counter(grades).most_common())


def show(name: str) -> None:
    """Show one stored run as it was shown when it ended."""
    console = context.make_console()
    path = find_run(context.results_directory(), name)
    run = read_run(path)
    if run.spec.origin:
        show_document(console, build(Judged(run, derived_of(path))))
        return
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.spec.begin_unix))
    told = f"{run.spec.run_id}: {run.spec.command}, {began}, {run.status}"
    console.print(told, highlight=False, markup=False)
    for raw in run.trials:
        derived = figures(raw)
        title = load_title(raw.plan)
        limit = find_bottleneck(raw, derived)
        show_trial(console, title, raw, derived, judge(raw, derived), limit)
    if (path / PLAN_FILE).exists():
        context.later("suite", "show_stored")(path)


def rejudge(name: str) -> None:
    """Compute a run's figures and verdicts again from its raw data; `all` for every run."""
    console = context.make_console()
    results = context.results_directory()
    paths = list(stored_runs(results)) if name == "all" else [find_run(results, name)]
    for path in paths:
        derived = judge_again(path)
        told = _grades([trial.grade for trial in derived.trials]) or "no trials"
        console.print(f"{path.name}: {told}", highlight=False, soft_wrap=True)
