"""Start, watch and stop the unit of a variant on every app server."""

import time
from dataclasses import asdict, dataclass

from benchrig.errors import BenchrigError
from benchrig.inventory import Host
from benchrig.remote.rig import Rig
from benchrig.trial.deployed import require_deployed
from benchrig.trial.diagnosis import diagnose
from benchrig.trial.plan import APP_PORT, TrialPlan

HEALTHY_SECONDS = 60.0  # as TechEmpower waits; an app that has ended is told at once
LOOK_SECONDS = 1.0
JOURNAL_LINES = 20
JOURNAL_LINES_READ = 400  # the cause may stand above a long traceback


class NotStarted(BenchrigError):
    """The app did not come up; ``journal`` holds the tail of what it said."""

    def __init__(self, what: str, where: str, journal: str) -> None:
        super().__init__(what, where=where)
        self.journal = journal

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.journal}"


@dataclass(frozen=True)
class UnitState:
    """What systemd says of the variant's unit on one host."""

    active: str
    result: str
    main_pid: int
    invocation: str


def unit(plan: TrialPlan) -> str:
    """Name of the variant's unit."""
    return f"benchrig-app@{plan.variant.name}.service"


def stop_all(rig: Rig, *, at_once: bool = False) -> None:
    """Stop whatever variant runs on the app servers, and forget its launch.

    Args:
        rig: the open rig.
        at_once: kill it, for a trial that has its record: a graceful stop takes some servers two
            seconds, and is looked at by `fab verify`.

    Raises:
        BenchrigError: a host is gone, which keeps no other from being asked.
    """
    faults = []
    for host in rig.inventory.group("app_servers"):
        try:
            rig.ask(host, {"ask": "unit_kill" if at_once else "unit_stop"})
        except BenchrigError as error:
            faults.append(error)
    if faults:
        raise faults[0]


def start(rig: Rig, plan: TrialPlan) -> float:
    """Start the variant everywhere and wait until it answers the load generator.

    Returns:
        Seconds from start to the first answer.

    Raises:
        BenchrigError: a port it needs is held, or the app on the host is not this checkout's.
        NotStarted: it ended, or gave no answer in time.
    """
    servers = rig.inventory.group("app_servers")
    require_deployed(rig, plan)
    for host in servers:
        _require_free_ports(rig, host, plan.launch.processes)
    begin = time.time()
    for host in servers:
        message = {"ask": "unit_start", "unit": unit(plan), "variant": plan.variant.name}
        rig.ask(host, message | {"launch": asdict(plan.launch)})
    _wait_healthy(rig, plan, begin)
    return time.time() - begin


def state(rig: Rig, host: Host, plan: TrialPlan) -> UnitState:
    """What systemd says of the variant's unit on one app server right now."""
    shown = rig.ask(host, {"ask": "unit_state", "unit": unit(plan)})
    return UnitState(
        shown["ActiveState"], shown["Result"], int(shown["MainPID"]), shown["InvocationID"]
    )


def journal(rig: Rig, host: Host, plan: TrialPlan, since: float, lines: int = JOURNAL_LINES) -> str:
    """The last lines of the unit's journal since a moment of our clock."""
    message = {"ask": "unit_journal", "unit": unit(plan), "lines": lines}
    message["since"] = int(since + rig.clock_offsets[host.name])
    return str(rig.ask(host, message)["text"])


def meaning(rig: Rig, plan: TrialPlan, since: float) -> str:
    """What the app's journals say is wrong, where they say it in words we know."""
    for host in rig.inventory.group("app_servers"):
        found = diagnose(journal(rig, host, plan, since, JOURNAL_LINES_READ))
        if found:
            return found
    return ""


def _wait_healthy(rig: Rig, plan: TrialPlan, begin: float) -> None:
    client = rig.inventory.group("load_generators")[0]
    # Short waits, so that an app that has died is told at once and not after the whole time.
    message = {"ask": "wait", "seconds": LOOK_SECONDS, "urls": plan.health_urls}
    while fault := rig.ask(client, message)["fault"]:
        _raise_if_dead(rig, plan, begin)
        if time.time() - begin > HEALTHY_SECONDS:
            host = rig.inventory.group("app_servers")[0]
            what = f"no answer within {HEALTHY_SECONDS:.0f} s: {fault}"
            raise NotStarted(what, unit(plan), journal(rig, host, plan, begin))


def _raise_if_dead(rig: Rig, plan: TrialPlan, begin: float) -> None:
    for host in rig.inventory.group("app_servers"):
        now = state(rig, host, plan)
        if now.active in ("failed", "inactive"):
            what = f"the app ended while it started (result: {now.result}); its journal:"
            said = journal(rig, host, plan, begin)
            raise NotStarted(what, f"{unit(plan)} on {host.name}", said)


def _require_free_ports(rig: Rig, host: Host, processes: int) -> None:
    for port in range(APP_PORT, APP_PORT + processes):
        for holder in rig.ask(host, {"ask": "port_holders", "port": port})["holders"]:
            raise BenchrigError(
                f"port {port} is held by PID {holder['pid']} ({holder['command'][:80]}) of "
                f"{holder['unit']}",
                where=f"host '{host.name}'",
                way_out=f"stop it: `systemctl stop {holder['unit']}` or `kill {holder['pid']}`",
            )
