"""``fab show`` and ``fab rejudge``: a run that was stored."""

import time

from benchrig.commands import context
from benchrig.commands.runs import grades_told
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.report.build import Judged, build
from benchrig.report.terminal import show_document, show_trial
from benchrig.store.derived import derived_of
from benchrig.store.derived import rejudge as judge_again
from benchrig.store.run import read_run
from benchrig.store.spec import find_run, stored_runs
from benchrig.suite.record import FILE as PLAN_FILE
from benchrig.trial.plan import load_title
from benchrig.verdict.bottleneck import find_bottleneck
from benchrig.verdict.validity import judge


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


def rejudge(name: str) -> int:
    """Compute a run's figures and verdicts again from its raw data; `all` for every run.

    One that can not be read does not keep the others from it; the exit code is 2 then.
    """
    console = context.make_console()
    results = context.results_directory()
    paths = list(stored_runs(results)) if name == "all" else [find_run(results, name)]
    unreadable = 0
    for path in paths:
        try:
            derived = judge_again(path)
        except BenchrigError as error:
            unreadable += 1
            told = f"{path.name}: {error}"
            console.print(told, style="yellow", highlight=False, markup=False, soft_wrap=True)
            continue
        told = grades_told([trial.grade for trial in derived.trials]) or "no trials"
        console.print(f"{path.name}: {told}", highlight=False, soft_wrap=True)
    return 2 if unreadable else 0
