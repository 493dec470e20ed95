"""From a stored run to its report, as a document that any format can show."""

import shlex
import time
from dataclasses import dataclass

from benchrig.drivers.histogram import Histogram
from benchrig.figures import figures
from benchrig.report import fingerprint, plots, tables
from benchrig.report.blocks import blocks_section
from benchrig.report.cells import Cell, Sweep, cells_of, in_order, sweeps_of
from benchrig.report.document import Document, Part, Section, Table
from benchrig.report.expected import expected_section
from benchrig.report.findings import each_of, finding
from benchrig.report.paired import blocks_of, comparison_finding, plan_of
from benchrig.report.scaling import scaling_section
from benchrig.report.timeline import charts_of
from benchrig.store.derived import Derived
from benchrig.store.purpose import purpose
from benchrig.store.run import StoredRun
from benchrig.store.summary import TrialSummary
from benchrig.suite.record import RunPlan
from benchrig.trial.raw import RawTrial

CLOCK_MAX_SECONDS = 0.5  # of an offset that nobody need be told
QUANTILES = (0.5, 0.75, 0.9, 0.99, 0.999, 0.9999)
LAB = (
    "The hosts of this run are a lab's: they share one machine's cores. Ratios and shapes are "
    "worth quoting, absolute figures are not."
)

PURPOSES = {
    "calibration": "A variant against itself, which is how the rig's noise is measured.",
    "capacity": "A search for the highest rate within a limit; each cell is a rate that was tried.",
    "ramp": "A rising rate: figures are of the whole ramp, the plots tell it second by second.",
    "advice": "A search for the best worker count; each cell is a count that was tried.",
}
SELFTEST = (
    "A self-test of the rig: bottlenecks were put in on purpose, so its figures say nothing of "
    "the variants. `fab selftest` told which of them were named."
)


@dataclass(frozen=True)
class Judged:
    """A run with what was computed from it."""

    run: StoredRun
    derived: Derived

    @property
    def cells(self) -> list[Cell]:
        """Its cells with their merged latencies."""
        latencies = {number: _latency(raw) for number, raw in self.run.numbered.items()}
        return in_order(cells_of(self.derived.trials, latencies))


def build(judged: Judged, against: Judged | None = None) -> Document:
    """The report of one run; ``against`` another one, what is different there."""
    run, cells, plan = judged.run, judged.cells, plan_of(judged.run)
    sweeps = sweeps_of(cells)
    sections = [
        expected_section(run),
        blocks_section(run, plan),
        _figures(judged, cells),
        _trials(judged),
        _latency_section(cells),
        _sweeps(sweeps),
        scaling_section(sweeps),
        _reasons(judged.derived.trials),
        _environment(run),
        _differences(judged, cells, against),
        _repeat(run),
    ]
    filled = tuple(section for section in sections if not section.empty)
    return Document(
        run.spec.run_id, _said(run, plan, cells), _notes(judged), filled, _about(judged)
    )


def _said(run: StoredRun, plan: RunPlan | None, cells: list[Cell]) -> str:
    """The finding: of a comparison its blocks', else who answered most; first what it was for."""
    kind = purpose(run.path, run.spec).kind
    if kind == "selftest":
        return SELFTEST
    told = comparison_finding(run, plan) if plan else ""
    said = f"{told} {each_of(cells)}" if told else finding(cells, blocks_of(plan))
    return f"{PURPOSES[kind]} {said}" if kind in PURPOSES else said


def _about(judged: Judged) -> str:
    spec = judged.run.spec
    began = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(spec.begin_unix))
    by = f"judged by benchrig {judged.derived.judged_by}"
    return f"{spec.command}; begun {began}, {judged.run.status}; {by}."


def _notes(judged: Judged) -> tuple[str, ...]:
    spec, status, told = judged.run.spec, judged.run.status, list[str]()
    if spec.lab:
        told.append(LAB)
    if spec.origin:
        told.append(f"These figures are not ours: {spec.origin} measured them, nothing was judged.")
    if status not in ("complete", "imported"):
        told.append("The run did not end by itself; what it stored until then is shown.")
    if any(trial.via and trial.rate_per_second == 0 for trial in judged.derived.trials):
        told.append(
            "Latencies of a closed loop are the service's under the load that it let through; "
            "those at a given rate count from when each request was due."
        )
    return (*told, *_clocks(judged.run))


def _clocks(run: StoredRun) -> list[str]:
    """Clocks that are far off: all figures allow for it, and logs of the host itself do not."""
    hosts = run.environment.hosts.items() if run.environment else ()
    return [
        f"The clock of host '{name}' is {host.clock_offset_seconds:+.1f} s off the control node's. "
        "Times here allow for that; those in the host's own logs do not."
        for name, host in hosts
        if abs(host.clock_offset_seconds) >= CLOCK_MAX_SECONDS
    ]


def _figures(judged: Judged, cells: list[Cell]) -> Section:
    told = tables.cell_table(cells, judged.run.environment)
    return Section("figures", "What each variant did and what it cost", tables=(told,))


def _trials(judged: Judged) -> Section:
    parts: list[Part] = []
    for trial in judged.derived.trials:
        raw = judged.run.numbered.get(trial.trial)
        if raw is None:
            continue
        parts.append(_trial(trial, raw, opened=not parts))
    text = (
        "CPU and memory are read from the control groups of each tier's unit on its own host. The "
        "plots of a trial share their axis: a pointer, or left and right, moves the crosshair "
        "through all of them; dragging zooms them.",
    )
    return Section("time", "Over time", text=text if parts else (), parts=tuple(parts))


def _trial(trial: TrialSummary, raw: RawTrial, *, opened: bool) -> Part:
    title = f"Trial {trial.trial}: {trial.cell}, {trial.grade}"
    journal = [
        f"Journal of the app on {host}: {text}"
        for host, text in raw.journal.items()
        if trial.grade == "invalid" and text
    ]
    charts = charts_of(raw, f"trial-{trial.trial}")
    told = (tables.tier_table(trial),) if trial.tiers else ()
    return Part(title, _limit(trial), tuple(journal), told, charts, opened=opened)


def _limit(trial: TrialSummary) -> tuple[str, ...]:
    """What limited a trial, what came next, and what to do about it."""
    found = trial.bottleneck
    if found is None:
        return ()
    told = f"What limited it: {found.limit.cause}, because {found.limit.because}."
    if found.second:
        told += f" Next: {found.second.cause}, because {found.second.because}."
    return (told, f"Advice: {found.limit.advice}") if found.limit.advice else (told,)


def _latency_section(cells: list[Cell]) -> Section:
    known = [c for c in cells if any(c.quantile_seconds(q) is not None for q in QUANTILES)]
    told = (tables.latency_table(known, QUANTILES),) if known else ()
    text = ("A percentile is shown only where the sample carries it: p99.9 needs 1,000 requests.",)
    charts = plots.latency_charts(cells)
    return Section("latency", "Latency", text if known else (), told, charts)


def _sweeps(sweeps: list[Sweep]) -> Section:
    told = tuple(tables.sweep_table(sweep) for sweep in sweeps)
    return Section("sweeps", "Along the sweep", tables=told, charts=plots.sweep_charts(sweeps))


def _reasons(trials: tuple[TrialSummary, ...]) -> Section:
    told = tables.reason_table(trials)
    return Section("doubts", "What is invalid or in doubt", tables=(told,) if told.rows else ())


def _environment(run: StoredRun) -> Section:
    if run.environment is None:
        return Section("where", "Where it ran")
    parts = fingerprint.host_parts(run.environment)
    launched = {r.plan.variant.name: shlex.join(r.plan.launch.argv) for r in run.trials}
    commands = Table(
        "Command lines of the servers", ("variant", "command"), tuple(launched.items())
    )
    told = (fingerprint.host_table(run.environment), *((commands,) if launched else ()))
    return Section("where", "Where it ran", tables=told, parts=parts)


def _differences(judged: Judged, cells: list[Cell], against: Judged | None) -> Section:
    title = "Beside another run"
    if against is None:
        return Section("differences", title)
    rows = fingerprint.differences(judged.run, against.run)
    differ = Table("What differs beside the figures", ("what", "there", "here"), rows)
    text = (f"There: {against.run.spec.run_id}. Here: {judged.run.spec.run_id}.",)
    told = (tables.against_table(cells, against.cells), *((differ,) if rows else ()))
    return Section("differences", title, text, told)


def _repeat(run: StoredRun) -> Section:
    spec, code = run.spec, []
    control = run.environment.control if run.environment else None
    if control and control.commit:
        code.append(f"git checkout {control.commit}")
    if spec.command.startswith("fab "):
        code += ["ansible-playbook site.yml", spec.command]
    code += [f"fab rejudge {spec.run_id}", f"fab bundle {spec.run_id}"]
    changed = (
        "The checkout had changes that are in no commit."
        if control and control.changes_sha256
        else ""
    )
    return Section("repeat", "To repeat it", text=(changed,) if changed else (), code=tuple(code))


def _latency(raw: RawTrial) -> Histogram | None:
    client = figures(raw).client
    return client.latency if client else None
