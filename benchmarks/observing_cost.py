"""What being watched costs a CPU-bound variant: everything on against everything off, in pairs.

    python benchmarks/observing_cost.py [--variant asgi-uvicorn] [--pairs 10] [--seconds 3]
        [--sampler]

On: exporters and Prometheus, a scrape a second. Off: none of them run. With --sampler the sampler
inside the app's processes is switched on and off with them. Each pair is in random order. The CPU
time of a request is the figure to trust on a shared machine; the throughput stands beside it.
Exits 1 when the exporters use more than 3 % of a core of the app host.
"""

import argparse
import random
import statistics
import sys
import time
from dataclasses import dataclass

from common import catalogue, cpu_seconds, load, plan_of

from benchrig.commands import context
from benchrig.remote.rig import Rig
from benchrig.spec.runtime import with_sampler
from benchrig.tiers import OBSERVERS
from benchrig.trial import service
from benchrig.trial.plan import TrialPlan

CONNECTIONS = 32
CORE_SHARE_MAX = 0.03
SEED = 1


@dataclass(frozen=True)
class Measured:
    """One half of a pair."""

    requests_per_second: float
    request_cpu_seconds: float


def main() -> int:
    """Measure pairs, print each and the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", default="asgi-uvicorn")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--sampler", action="store_true")
    options = parser.parse_args()
    stacks = catalogue()
    variant = stacks.variant(options.variant)
    order = random.Random(SEED)  # noqa: S311 - an order, no secret
    with Rig(context.inventory()) as rig:
        plans = {
            True: plan_of(
                stacks, rig, with_sampler(variant) if options.sampler else variant, "plaintext"
            ),
            False: plan_of(stacks, rig, variant, "plaintext"),
        }
        try:
            pairs = [_pair(rig, plans, options.seconds, order) for _ in range(options.pairs)]
            cores = _observers_cores(rig, options.seconds)
        finally:
            _switch(rig, on=True)
            service.stop_all(rig)
    _tell(pairs)
    print(f"exporters on the app host: {cores:.4f} of a core; at most {CORE_SHARE_MAX}")
    return int(cores > CORE_SHARE_MAX)


def _pair(
    rig: Rig, plans: dict[bool, TrialPlan], seconds: int, order: random.Random
) -> tuple[Measured, Measured]:
    found = {}
    for on in order.sample([True, False], 2):
        _switch(rig, on=on)
        found[on] = _measure(rig, plans[on], seconds)
    shown = [
        f"{m.requests_per_second:9.0f}/s {m.request_cpu_seconds * 1e6:8.2f} µs"
        for m in (found[True], found[False])
    ]
    print(f"on {shown[0]}   off {shown[1]}", flush=True)
    return found[True], found[False]


def _measure(rig: Rig, plan: TrialPlan, seconds: int) -> Measured:
    service.stop_all(rig)
    service.start(rig, plan)
    url = plan.base_url + plan.workload.target({})
    load(rig, url, CONNECTIONS, 1)
    before = cpu_seconds(rig, service.unit(plan))
    requests = load(rig, url, CONNECTIONS, seconds)
    used = cpu_seconds(rig, service.unit(plan)) - before
    return Measured(requests / seconds, used / requests)


def _switch(rig: Rig, *, on: bool) -> None:
    """Start or stop all that observes, wherever it is installed."""
    verb = "start" if on else "stop"
    script = f"systemctl list-unit-files --no-legend {' '.join(OBSERVERS)} | cut -d' ' -f1"
    rig.everywhere(lambda r: r.run(["sh", "-c", f"{script} | xargs -r systemctl {verb}"]))


def _observers_cores(rig: Rig, seconds: int) -> float:
    """CPU that the exporters of the app host use while they are scraped."""
    _switch(rig, on=True)
    units = [unit for unit in OBSERVERS if unit != "prometheus.service"]
    time.sleep(2)  # the first scrapes after a start cost more than the others
    before = [_or_nothing(rig, unit) for unit in units]
    begin = time.monotonic()
    time.sleep(max(10, seconds))
    after = [_or_nothing(rig, unit) for unit in units]
    return (sum(after) - sum(before)) / (time.monotonic() - begin)


def _or_nothing(rig: Rig, unit: str) -> float:
    host = rig.inventory.group("app_servers")[0]
    told = rig.ask(host, {"ask": "counters", "units": [unit]})["units"][unit]
    return float(told["cpu_seconds"]["total"]) if told else 0.0


def _tell(pairs: list[tuple[Measured, Measured]]) -> None:
    rates = sorted(on.requests_per_second / off.requests_per_second for on, off in pairs)
    costs = sorted(on.request_cpu_seconds / off.request_cpu_seconds for on, off in pairs)
    for name, ratios in (("throughput", rates), ("CPU per request", costs)):
        low, high = ratios[0], ratios[-1]
        print(f"{name}, on / off: median {statistics.median(ratios):.4f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    sys.exit(main())
