"""Where a run was made, and in what two runs differ beside their figures."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from benchrig.report.document import Part, Table
from benchrig.store.run import StoredRun
from benchrig.trial.environment import Environment, HostEnvironment
from benchrig.units import format_bytes, format_seconds

NOISE = ("clock_offset_seconds",)


def host_table(environment: Environment) -> Table:
    """The hosts beside each other."""
    headers = ("host", "does", "CPU", ">CPUs", ">memory", "system", "kernel", "governor", ">clock")
    rows = tuple(_host_row(name, host) for name, host in environment.hosts.items())
    return Table("Hosts; clock: its offset from the control node's", headers, rows)


def _host_row(name: str, host: HostEnvironment) -> tuple[str, ...]:
    cpus = f"{host.cpus}" + (f" of {host.cpus_total}" if host.cpus != host.cpus_total else "")
    system = f"{host.os}, {host.virtualization}" if host.virtualization else host.os
    return (
        name,
        ", ".join(host.groups),
        host.cpu_model or "not told",
        cpus,
        format_bytes(host.memory_bytes),
        system,
        host.kernel,
        host.governor or "not told",
        format_seconds(abs(host.clock_offset_seconds)),
    )


def host_parts(environment: Environment) -> tuple[Part, ...]:
    """Everything known of each host, to be opened."""
    parts = []
    for name, host in environment.hosts.items():
        rows = tuple(_flat("", asdict(host)))
        parts.append(Part(name, tables=(Table("", ("what", "value"), rows),)))
    rows = tuple(_flat("", asdict(environment.control)))
    parts.append(Part("control node", tables=(Table("", ("what", "value"), rows),)))
    return tuple(parts)


def differences(ours: StoredRun, theirs: StoredRun) -> tuple[tuple[str, str, str], ...]:
    """What differs between two runs: where, there, here; clock offsets aside."""
    here, there = _told(ours), _told(theirs)
    names = [n for n in here | there if here.get(n) != there.get(n)]
    return tuple((n, there.get(n, "not told"), here.get(n, "not told")) for n in sorted(names))


def _told(run: StoredRun) -> dict[str, str]:
    told = {"inventory": run.spec.inventory, "lab": run.spec.lab or "none"}
    if run.environment:
        told |= dict(_flat("", asdict(run.environment)))
    for raw in run.trials:
        variant = raw.plan.variant.name
        told |= dict(_flat(f"{variant}: variant", asdict(raw.plan.variant)))
        told[f"{variant}: command"] = " ".join(raw.plan.launch.argv)
        if raw.plan.lock:
            told |= dict(_flat(f"{variant}: version", raw.plan.lock.packages))
        for host, tools in raw.tools.items():
            told |= {f"{host}: {name}": tool.version for name, tool in tools.items()}
    return {name: value for name, value in told.items() if not name.endswith(NOISE)}


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(f"{prefix} {key}".strip(), inner)
    elif isinstance(value, (list, tuple)):
        yield prefix, ", ".join(str(inner) for inner in value)
    else:
        yield prefix, str(value)
