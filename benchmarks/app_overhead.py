"""CPU time of one request of each app, against the least program of its framework, server, driver.

    python benchmarks/app_overhead.py [--pairs 10] [--seconds 1] [APP ...]

Both run at the same time on the app server, each in a unit of its own; loads of a second alternate
between them (A B B A ...), so that whatever else the machine does hits both alike. What counts is
CPU time from the unit's cgroup divided by the answers, which repeats where requests/s does not.
Uses the inventory of BENCHRIG_INVENTORY, the lab's by default.
"""

import argparse
import base64
import io
import statistics
import sys
import tarfile
from dataclasses import replace

from common import BARE, Cost, beside, catalogue, cost, plan_of, spread, start_both

from benchrig.commands import context
from benchrig.remote.rig import Rig
from benchrig.spec.catalogue import Catalogue
from benchrig.trial import service
from benchrig.trial.plan import TrialPlan

# One variant for each app, on the server its own documentation names first.
VARIANTS = {
    "wsgi": "wsgi-granian",
    "asgi": "asgi-uvicorn",
    "flask": "flask-granian",
    "quart": "quart-uvicorn",
    "starlette": "starlette-uvicorn",
    "aiohttp": "aiohttp",
    "django": "django-granian",
    "fastapi": "fastapi-uvicorn",
    "litestar": "litestar-uvicorn",
    "blacksheep": "blacksheep-uvicorn",
    "sanic": "sanic",
}
WORKLOADS = ("plaintext", "json", "db", "queries")
CONNECTIONS = 16
AT_MOST = 1.1


def main() -> int:
    """Measure, print a table, and fail when an app costs more than it may."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("apps", nargs="*", metavar="APP", default=list(VARIANTS))
    options = parser.parse_args()
    stacks, worst = catalogue(), 0.0
    print(f"{'app':<12}{'workload':<12}{'ours µs':>10}{'bare µs':>10}  ratio of pairs, middle half")
    with Rig(context.inventory()) as rig:
        _copy_bare(rig)
        for app in options.apps:
            ours = plan_of(stacks, rig, stacks.variant(VARIANTS[app]), "json")
            bare = _bare_plan(ours)
            start_both(rig, ours, bare)
            for workload in WORKLOADS:
                ratio = _compare(rig, stacks, ours, bare, workload, options)
                worst = max(worst, ratio)
        service.stop_all(rig)
    print(f"worst median {worst:.3f}, at most {AT_MOST} may be")
    return int(worst > AT_MOST)


def _compare(
    rig: Rig,
    stacks: Catalogue,
    ours: TrialPlan,
    bare: TrialPlan,
    workload: str,
    options: argparse.Namespace,
) -> float:
    path = stacks.workloads[workload].target({})
    found: dict[str, list[Cost]] = {"ours": [], "bare": []}
    for pair in range(options.pairs + 1):
        order = [("ours", ours), ("bare", bare)]
        for name, plan in order if pair % 2 else reversed(order):
            found[name].append(cost(rig, plan, path, CONNECTIONS, options.seconds))
    mine, least = (
        [each.microseconds for each in found[name][1:]] for name in ("ours", "bare")
    )  # the first of each warms up
    ratios = [a / b for a, b in zip(mine, least, strict=True)]
    medians = f"{statistics.median(mine):>10.1f}{statistics.median(least):>10.1f}"
    print(f"{ours.variant.app:<12}{workload:<12}{medians}  {spread(ratios)}", flush=True)
    return statistics.median(ratios)


def _bare_plan(ours: TrialPlan) -> TrialPlan:
    app = ours.variant.app
    moved = beside(ours, f"bare-{app}")
    return replace(moved, launch=replace(moved.launch, directory=f"/opt/benchrig/bare/{app}"))


def _copy_bare(rig: Rig) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.add(BARE, arcname="bare")
    text = base64.b64encode(packed.getvalue()).decode()
    script = 'echo "$1" | base64 -d | tar -xz -C /opt/benchrig --no-same-owner'
    for host in rig.inventory.group("app_servers"):
        rig.remote(host).run(["sh", "-c", script, "sh", text])


if __name__ == "__main__":
    sys.exit(main())
