"""How long it takes to change from one variant to another: stop, start, healthy, verified.

    python benchmarks/variant_change.py [--rounds 3] [--workload json] [VARIANT ...]

Each round goes once through the variants. Uses the inventory of BENCHRIG_INVENTORY.
"""

import argparse
import statistics
import sys
import time
from dataclasses import dataclass

from common import catalogue, plan_of

from benchrig.commands import context
from benchrig.remote.rig import Rig
from benchrig.trial import service, verify
from benchrig.trial.plan import TrialPlan

VARIANTS = [
    *("flask-sync", "flask-gthread-4x2", "quart-uvloop", "quart-4", "starlette-uvicorn"),
    *("starlette-granian", "aiohttp", "django-wsgi", "django-asgi", "asgi-uvicorn"),
    *("fastapi-uvicorn", "litestar-uvicorn", "sanic", "crax-uvicorn"),
]
AT_MOST_SECONDS = 2.0


@dataclass(frozen=True)
class Change:
    """Seconds of each step."""

    stop: float
    start: float
    verify: float

    @property
    def total(self) -> float:
        """From the decision to a verified app."""
        return self.stop + self.start + self.verify


def main() -> int:
    """Measure, print a table, and fail when the median change takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workload", default="json")
    parser.add_argument("variants", nargs="*", metavar="VARIANT", default=VARIANTS)
    options = parser.parse_args()
    stacks = catalogue()
    found: dict[str, list[Change]] = {name: [] for name in options.variants}
    with Rig(context.inventory()) as rig:
        plans = [plan_of(stacks, rig, stacks.variant(n), options.workload) for n in found]
        for _ in range(options.rounds):
            for plan in plans:
                found[plan.variant.name].append(_change(rig, plan))
        service.stop_all(rig)
    print(f"{'variant':<24}{'stop of the last':>18}{'start':>8}{'verify':>8}{'total s':>9}")
    for name, changes in found.items():
        steps = [
            statistics.median(getattr(change, step) for change in changes)
            for step in ("stop", "start", "verify", "total")
        ]
        print(f"{name:<24}{steps[0]:>18.2f}{steps[1]:>8.2f}{steps[2]:>8.2f}{steps[3]:>9.2f}")
    middle = statistics.median(c.total for changes in found.values() for c in changes)
    print(f"median {middle:.2f} s, at most {AT_MOST_SECONDS} s where the server starts that fast")
    return int(middle > AT_MOST_SECONDS)


def _change(rig: Rig, plan: TrialPlan) -> Change:
    begin = time.monotonic()
    service.stop_all(rig)
    stopped = time.monotonic()
    service.start(rig, plan)
    started = time.monotonic()
    checks = verify.fast(rig, plan)
    ended = time.monotonic()
    if not verify.good_enough(checks):
        raise SystemExit(f"{plan.variant.name}: {[c for c in checks if not c.passed]}")
    return Change(stopped - begin, started - stopped, ended - started)


if __name__ == "__main__":
    sys.exit(main())
