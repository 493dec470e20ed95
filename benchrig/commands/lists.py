"""``fab runs`` and ``fab show``: what was stored."""

import time

from benchrig.commands import context
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.report.terminal import show_trial, simple_table
from benchrig.store.run import find_run, read_run, stored_runs
from benchrig.units import format_count
from benchrig.verdict.validity import judge

RUNS_SHOWN = 20


def runs() -> None:
    """List the newest stored runs."""
    console = context.make_console()
    results = context.results_directory()
    rows = []
    for path in list(stored_runs(results))[:RUNS_SHOWN]:
        try:
            rows.append(_run_row(path.name, *_summary(path.name)))
        except BenchrigError as error:
            rows.append([path.name, "unreadable", "", str(error)])
    if not rows:
        console.print(f"no runs in {results}; `fab bench --variant quart-uvloop` makes one")
        return
    console.print(simple_table(["run", "status", ">requests/s", "trials"], rows))


def _run_row(name: str, status: str, rates: list[float], grades: list[str]) -> list[str]:
    shown = ", ".join(format_count(rate) for rate in rates)
    return [name, status, shown, ", ".join(grades)]


def _summary(name: str) -> tuple[str, list[float], list[str]]:
    run = read_run(context.results_directory() / name)
    derived = [(raw, figures(raw)) for raw in run.trials]
    rates = [f.client.requests_per_second for _, f in derived if f.client]
    return run.status, rates, [judge(raw, f).grade for raw, f in derived]


def show(name: str) -> None:
    """Show one stored run as it was shown when it ended."""
    if not name:
        raise BenchrigError("which run?", where="fab show", way_out="`fab runs` lists them")
    console = context.make_console()
    run = read_run(find_run(context.results_directory(), name))
    began = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(run.spec.begin_unix))
    console.print(f"{run.spec.run_id}: {run.spec.command}, {began}, {run.status}", highlight=False)
    for raw in run.trials:
        derived = figures(raw)
        title = f"{raw.plan.variant.name}, {raw.plan.workload.name}, {raw.plan.via}"
        show_trial(console, title, raw, derived, judge(raw, derived))
