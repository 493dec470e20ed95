"""What being watched costs a CPU-bound variant: everything on against everything off, in pairs.

    python benchmarks/observing_cost.py [--variant quart-uvloop] [--workload json]
        [--pairs 40] [--seconds 2] [--sampler]

On: exporters and Prometheus, a scrape a second. Off: their processes are stopped (SIGSTOP) on all
hosts, which takes milliseconds and leaves the app as it is, so that short loads alternate
(A B B A ...) on one app process. With --sampler a second unit of the variant, with the sampler in
the app's processes, answers while all is on; the unit that is not asked is stopped too.

In the lab all hosts share one machine, so that the throughput bears what is used on all of them; a
variant that answers 30,000 times a second is kept waiting by a load generator that waits for its
CPU. On hosts of its own an app loses what the exporters use of its cores. Exits 1 when the
exporters use more than 3 % of a core of the app host.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from common import Cost, beside, catalogue, cost, plan_of, spread, start_both

from benchrig.commands import context
from benchrig.remote.rig import Rig
from benchrig.spec.runtime import with_sampler
from benchrig.tiers import OBSERVERS
from benchrig.trial import service
from benchrig.trial.plan import TrialPlan

CORE_SHARE_MAX = 0.03
IDLE_SECONDS = 20


def main() -> int:
    """Measure pairs, print each and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", default="quart-uvloop")
    parser.add_argument("--workload", default="json")
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--sampler", action="store_true")
    options = parser.parse_args()
    stacks = catalogue()
    variant = stacks.variant(options.variant)
    with Rig(context.inventory()) as rig:
        plan = plan_of(stacks, rig, variant, options.workload)
        watched = plan
        if options.sampler:
            sampled = plan_of(stacks, rig, with_sampler(variant), options.workload)
            watched = beside(sampled, f"{variant.name}-sampled")
        try:
            if options.sampler:
                start_both(rig, plan, watched)
            else:
                service.start(rig, plan)
            pairs = [
                _pair(rig, watched, plan, options.seconds, number)
                for number in range(options.pairs + 1)
            ][1:]  # the first warms up
            cores = _observers_cores(rig)
        finally:
            _signal(rig, "CONT", OBSERVERS)
            service.stop_all(rig)
    _tell(pairs)
    print(f"exporters on the app host: {cores:.4f} of a core; at most {CORE_SHARE_MAX}")
    return int(cores > CORE_SHARE_MAX)


def _pair(
    rig: Rig, watched: TrialPlan, alone: TrialPlan, seconds: int, number: int
) -> tuple[Cost, Cost]:
    found = {}
    for on in (True, False) if number % 2 else (False, True):
        _switch(rig, watched, alone, on=on)
        plan = watched if on else alone
        target, connections = plan.workload.target({}), plan.workload.connections
        found[on] = cost(rig, plan, target, connections, seconds)
    shown = [f"{c.requests / seconds:9.0f}/s {c.microseconds:8.2f} µs" for c in found.values()]
    names = ["on" if on else "off" for on in found]
    print("   ".join(f"{n:3} {s}" for n, s in sorted(zip(names, shown, strict=True))), flush=True)
    return found[True], found[False]


def _switch(rig: Rig, watched: TrialPlan, alone: TrialPlan, *, on: bool) -> None:
    """Let go on all that observes, or stop it; of two units the one that is asked goes on."""
    _signal(rig, "CONT" if on else "STOP", OBSERVERS)
    if watched is not alone:
        asked, idle = (watched, alone) if on else (alone, watched)
        _signal(rig, "CONT", [service.unit(asked)])
        _signal(rig, "STOP", [service.unit(idle)])


def _signal(rig: Rig, name: str, units: Sequence[str]) -> None:
    """Send a signal to every process of those units that run, wherever they do."""
    script = 'signal=$1; shift; for unit; do systemctl --quiet is-active "$unit" || continue; '
    script += 'systemctl kill --kill-whom=all --signal="$signal" "$unit"; done'
    rig.everywhere(lambda remote: remote.run(["sh", "-c", script, "sh", name, *units]))


def _observers_cores(rig: Rig) -> float:
    """CPU that the exporters of the app host use while they are scraped."""
    _signal(rig, "CONT", OBSERVERS)
    time.sleep(2)  # the first scrapes after a stop cost more than the others
    units = [unit for unit in OBSERVERS if unit != "prometheus.service"]
    before, begin = _used(rig, units), time.monotonic()
    time.sleep(IDLE_SECONDS)
    return (_used(rig, units) - before) / (time.monotonic() - begin)


def _used(rig: Rig, units: list[str]) -> float:
    host = rig.inventory.group("app_servers")[0]
    told = rig.ask(host, {"ask": "counters", "units": units})["units"].values()
    return sum(float(unit["cpu_seconds"]["total"]) for unit in told if unit)


def _tell(pairs: list[tuple[Cost, Cost]]) -> None:
    for name, ratios in (
        ("throughput", [on.requests / off.requests for on, off in pairs]),
        ("cores of the app", [on.cpu_seconds / off.cpu_seconds for on, off in pairs]),
        ("CPU per request", [on.microseconds / off.microseconds for on, off in pairs]),
    ):
        print(f"{name}, on / off: median of pairs, middle half {spread(ratios)}")


if __name__ == "__main__":
    sys.exit(main())
