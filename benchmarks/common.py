"""What the benchmarks of the apps share: a rig, and short loads whose cost is read off cgroups."""

import re
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchrig.commands import context
from benchrig.drivers.wrk import PATH as WRK
from benchrig.remote.rig import Rig
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.variant import Variant
from benchrig.trial import service
from benchrig.trial.plan import APP_PORT, Level, TrialPlan, plan_trial

NO_LOAD = Level(1, 1, duration_seconds=0, warmup_seconds=0, primer_seconds=0)
SECOND_PORT = APP_PORT + 1
BARE = Path(__file__).parent / "bare"


def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return load_catalogue(context.APPS)


def plan_of(stacks: Catalogue, rig: Rig, variant: Variant, workload: str) -> TrialPlan:
    """A plan that starts the variant and asks for the workload, without load of its own."""
    return plan_trial(
        stacks, rig.inventory, variant, stacks.workloads[workload], NO_LOAD, via=variant.via
    )


def beside(plan: TrialPlan, name: str) -> TrialPlan:
    """The same plan under another name and port, so that it can run beside the first."""
    launch = plan.launch
    argv = [argument.replace("{port}", str(SECOND_PORT)) for argument in launch.argv]
    return replace(
        plan,
        variant=replace(plan.variant, name=name),
        launch=replace(launch, argv=argv, first_port=SECOND_PORT),
        base_url=plan.base_url.replace(str(APP_PORT), str(SECOND_PORT)),
    )


def start_both(rig: Rig, first: TrialPlan, second: TrialPlan) -> None:
    """Start a plan, then one made by `beside`, which `service.start` would find in its way."""
    service.stop_all(rig)
    service.start(rig, first)
    host = rig.inventory.group("app_servers")[0]
    message = {"ask": "unit_start", "unit": service.unit(second), "variant": second.variant.name}
    rig.ask(host, message | {"launch": asdict(second.launch)})
    client = rig.inventory.group("load_generators")[0]
    health = ["/opt/benchrig/lib/benchrig/host/benchrig-host", "wait"]
    rig.remote(client).run([*health, f"{second.base_url}/plaintext"])


@dataclass(frozen=True)
class Cost:
    """Requests answered, and the CPU time that a unit took for them."""

    requests: int
    cpu_seconds: float

    @property
    def microseconds(self) -> float:
        """CPU time of one request, in µs."""
        return self.cpu_seconds / self.requests * 1e6


def load(rig: Rig, url: str, connections: int, seconds: int) -> int:
    """Send load with wrk from the load generator host; how many requests were answered.

    Raises:
        SystemExit: there was no answer, or one was an error: the figure would be worth nothing.
    """
    host = rig.inventory.group("load_generators")[0]
    argv = ["systemd-run", "--quiet", "--pipe", "--collect", WRK, "--threads=1"]
    said = rig.remote(host).run(
        [*argv, f"--connections={connections}", f"--duration={seconds}s", url]
    )
    found = re.search(r"(\d+) requests in", said)
    if found is None or "Non-2xx" in said:
        raise SystemExit(f"{url}: {said}")
    if not int(found.group(1)):
        raise SystemExit(f"{url}: no answer within {seconds} s; measure longer with --seconds")
    return int(found.group(1))


def cost(rig: Rig, plan: TrialPlan, path: str, connections: int, seconds: int) -> Cost:
    """What a load of some seconds costs the plan's running unit."""
    unit = service.unit(plan)
    before = cpu_seconds(rig, unit)
    requests = load(rig, plan.base_url + path, connections, seconds)
    return Cost(requests, cpu_seconds(rig, unit) - before)


def cpu_seconds(rig: Rig, unit: str, group: str = "app_servers") -> float:
    """CPU time that everything in a unit has used since it started."""
    host = rig.inventory.group(group)[0]
    figures = rig.ask(host, {"ask": "counters", "units": [unit]})["units"][unit]
    return float(figures["cpu_seconds"]["total"])


def spread(values: Iterable[float]) -> str:
    """Median and the range of the middle half."""
    ordered = sorted(values)
    low, _, high = statistics.quantiles(ordered, n=4) if len(ordered) > 1 else ordered * 3
    return f"{statistics.median(ordered):.3f} ({low:.3f} to {high:.3f})"
