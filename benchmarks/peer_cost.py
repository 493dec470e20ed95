"""What the service that apps call costs, beside what apps spend on calling it.

    python benchmarks/peer_cost.py [--seconds 3] [VARIANT ...]

CPU time of both units for each address asked for, under a fan-out to 10 addresses that answer at
once. The service must be far from its own limit when the app is at its own.
"""

import argparse
import sys

from common import catalogue, cpu_seconds, load, plan_of

from benchrig.commands import context
from benchrig.remote.rig import Rig
from benchrig.trial import service

VARIANTS = [
    "aiohttp-uvloop",
    "starlette-uvicorn",
    "quart-uvicorn",
    "django-granian",
    "flask-granian",
]
PEER_UNIT = "benchrig-peer.service"
URLS, CONNECTIONS = 10, 8
AT_LEAST = 2.0


def main() -> int:
    """Measure, print a table, and fail when the service costs nearly as much as an app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("variants", nargs="*", metavar="VARIANT", default=VARIANTS)
    options = parser.parse_args()
    stacks, least = catalogue(), float("inf")
    print(f"{'variant':<24}{'app µs':>10}{'service µs':>12}{'app / service':>15}")
    with Rig(context.inventory()) as rig:
        for name in options.variants:
            variant = stacks.variant(name)
            workload = next(w for w in ("fanout", "fanout-sync") if w in stacks.offers(variant))
            plan = plan_of(stacks, rig, variant, workload)
            service.stop_all(rig)
            service.start(rig, plan)
            path = plan.workload.target({"urls": URLS, "seconds": 0})
            load(rig, plan.base_url + path, CONNECTIONS, 1)
            before = cpu_seconds(rig, service.unit(plan)), cpu_seconds(rig, PEER_UNIT, "postgres")
            asked = load(rig, plan.base_url + path, CONNECTIONS, options.seconds) * URLS
            app = (cpu_seconds(rig, service.unit(plan)) - before[0]) / asked * 1e6
            peer = (cpu_seconds(rig, PEER_UNIT, "postgres") - before[1]) / asked * 1e6
            least = min(least, app / peer)
            print(f"{name:<24}{app:>10.1f}{peer:>12.1f}{app / peer:>15.1f}", flush=True)
        service.stop_all(rig)
    return int(least < AT_LEAST)


if __name__ == "__main__":
    sys.exit(main())
