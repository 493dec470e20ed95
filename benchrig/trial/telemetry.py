"""Host-side series of a trial, from Prometheus: kept raw, and as signals on one clock."""

import itertools
import math
import time
from typing import Any

from benchrig.inventory import Inventory
from benchrig.remote.rig import Rig
from benchrig.signals.catalogue import PREFIX, Signal, load_signals
from benchrig.signals.series import GAP_SECONDS, STEADY, STEP_SECONDS, Series, Telemetry, on_grid
from benchrig.trial.raw import Fault, Phase, RawTrial
from benchrig.trial.samples import Ask, Samples, fetch, openmetrics, results_of

PROMETHEUS_PORT = 9090
BEFORE_SECONDS = 5.0  # kept of the time before the trial
AFTER_SECONDS = 1.5  # until samples of the trial's last second have been scraped and evaluated
EVALUATED_SECONDS = 10.0  # how long to wait for them
ASK_AGAIN_SECONDS = 0.2
AGE = "scrape_age_seconds"
# Exporters that run on the hosts of one group only; the others run everywhere.
ONLY_ON = {"postgres": "postgres", "nginx": "nginx", "load": "load_generators"}
JOBS = ("node", "rig", "process", *ONLY_ON)
# Job and host to the moments (our clock) at which the exporter was read, and whether it answered.
Scrapes = dict[tuple[str, str], list[tuple[float, bool]]]


def collect(rig: Rig, raw: RawTrial) -> None:
    """Put the trial's telemetry into its record; what is missing becomes a fault, named."""
    if not raw.driver_runs:
        return
    host = rig.inventory.one("monitoring")
    offset = raw.clock_offsets[host.name]
    begin, end = raw.begin_unix - BEFORE_SECONDS, raw.phases[-1].end_unix + AFTER_SECONDS

    def ask(path: str, query: dict[str, Any]) -> Any:
        return rig.remote(host).http_json(host.address, PROMETHEUS_PORT, path, query)

    try:
        _wait_evaluated(ask, end + offset)
        samples = fetch(ask, begin + offset, end + offset)
    except OSError as error:
        what = f"Prometheus does not answer ({error}): the trial has no telemetry"
        raw.faults.append(Fault(f"host '{host.name}'", what, fatal=False))
        return
    raw.samples_gz = openmetrics(samples)
    raw.telemetry = arrange(samples, offset, begin, end)
    missing = missing_of(rig.inventory, raw, raw.telemetry, scrapes_of(samples, offset))
    raw.faults += [Fault("telemetry", what, fatal=False) for what in missing]


def _wait_evaluated(ask: Ask, until: float) -> None:
    """Wait until rules have been evaluated at a moment of Prometheus' clock.

    Raises:
        OSError: no answer, or no evaluation in time.
    """
    deadline = time.monotonic() + EVALUATED_SECONDS
    while True:
        answer = ask("query", {"query": f"timestamp({PREFIX}run)"})
        if any(float(r["value"][1]) >= until for r in results_of(answer)):
            return
        if time.monotonic() > deadline:
            raise OSError(f"no rules were evaluated within {EVALUATED_SECONDS:.0f} s")
        time.sleep(ASK_AGAIN_SECONDS)


def arrange(samples: Samples, offset: float, begin: float, end: float) -> Telemetry:
    """The signals among the samples, on a grid in our clock.

    Args:
        samples: in Prometheus' clock.
        offset: Prometheus' clock minus ours, in seconds.
        begin: first moment, in our clock.
        end: last moment, in our clock.
    """
    first = math.floor(begin)
    count = math.floor((end - first) / STEP_SECONDS) + 1
    ages = {(labels["job"], labels["host"]): v for labels, v in samples.named(PREFIX + AGE)}
    found = {}
    for signal in load_signals().values():
        steady = signal.unit in STEADY
        told = [
            Series(
                labels,
                on_grid(v, _ages(signal, labels, ages), first + offset, count, steady=steady),
            )
            for labels, v in samples.named(signal.recorded)
        ]
        known = tuple(series for series in told if any(v is not None for v in series.values))
        if known:
            found[signal.name] = known
    return Telemetry(float(first), STEP_SECONDS, found)


def _ages(
    signal: Signal, labels: dict[str, str], ages: dict[tuple[str, str], list[tuple[float, float]]]
) -> list[tuple[float, float]]:
    """Age of the samples a series is made of; of several hosts, the oldest at each moment."""
    oldest: dict[float, float] = {}
    job = labels.get("job", signal.job)
    for (of_job, of_host), told in ages.items():
        if of_job == job and labels.get("host", of_host) == of_host:
            for moment, age in told:
                oldest[moment] = max(age, oldest.get(moment, 0.0))
    return sorted(oldest.items())


def scrapes_of(samples: Samples, offset: float) -> Scrapes:
    """When each exporter was read, in our clock, and whether it answered.

    Args:
        samples: in Prometheus' clock.
        offset: Prometheus' clock minus ours, in seconds.
    """
    return {
        (labels["job"], labels["host"]): [(t - offset, answered > 0) for t, answered in told]
        for labels, told in samples.named("up")
    }


def missing_of(
    inventory: Inventory, raw: RawTrial, telemetry: Telemetry, scrapes: Scrapes
) -> list[str]:
    """What should be known of the measure phase and is not, in words."""
    measured = next((p for p in raw.phases if p.name == "measure"), None)
    if measured is None:
        return []
    silent = [
        text
        for job, host in _expected(inventory, raw)
        if (text := _silent(scrapes.get((job, host), []), measured, job, host))
    ]
    silent += _unread(scrapes, measured)
    jobs = {job for job, _ in _expected(inventory, raw)}
    wanted = [s for s in load_signals().values() if not s.when and s.job in jobs]
    # A phase shorter than a step may lie between two moments: then the one after it tells of it.
    end = max(measured.end_unix, measured.begin_unix + STEP_SECONDS)
    unknown = [
        f"signal '{signal.name}' has no values in the measure phase"
        for signal in wanted
        if not any(
            telemetry.within(series, measured.begin_unix, end)
            for series in telemetry.find(signal.name)
        )
    ]
    return silent + unknown


def _expected(inventory: Inventory, raw: RawTrial) -> list[tuple[str, str]]:
    """Exporters that should answer during the load: job and host."""
    live = {
        host
        for host, tools in raw.tools.items()
        if (tool := tools.get(raw.plan.driver)) and tool.live
    }
    return [
        (job, host.name)
        for job in JOBS
        for host in inventory.hosts.values()
        if (job not in ONLY_ON or ONLY_ON[job] in host.groups)
        and (job != "load" or host.name in live)
    ]


def _silent(scrapes: list[tuple[float, bool]], measured: Phase, job: str, host: str) -> str:
    """How often an exporter did not answer; empty when it always did.

    Only scrapes within the phase count: the load generator's exporter comes and goes with its
    session, so that one just before or after finds nothing and nothing is wrong.
    """
    if not scrapes:
        return f"exporter {job} of host '{host}' is not known to Prometheus"
    within = [up for t, up in scrapes if measured.begin_unix <= t <= measured.end_unix]
    down = len(within) - sum(within)
    text = f"exporter {job} of host '{host}' gave nothing in {down} of {len(within)} scrapes"
    return text if down else ""


def _unread(scrapes: Scrapes, measured: Phase) -> list[str]:
    """How long Prometheus read no exporter at all, as when it is started anew."""
    begin, end = measured.begin_unix, measured.end_unix
    times = sorted(t for told in scrapes.values() for t, _ in told if begin <= t <= end)
    gaps = [b - a for a, b in itertools.pairwise([begin, *times, end]) if b - a > GAP_SECONDS]
    return [f"Prometheus read nothing for {sum(gaps):.0f} of {end - begin:.0f} s"] if gaps else []
