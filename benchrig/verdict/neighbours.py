"""Who else ran on the app's CPUs, where hosts are containers of one machine, as in a lab."""

from benchrig.figures import TrialFigures
from benchrig.tiers import APP, TIERS, Tier
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import MachineCounters
from benchrig.verdict import window

CORES_LEAST = 0.05  # less is nobody's trouble


def neighbours(raw: RawTrial, figures: TrialFigures) -> tuple[tuple[str, float], ...]:
    """Other tiers with a CPU in common with the app, and the cores they used; most first."""
    app = _places(raw, APP)
    found = []
    for tier in TIERS:
        told = figures.tiers.get(tier.name)
        if tier is APP or told is None or told.cpu_cores < CORES_LEAST:
            continue
        if any(_meet(one, other) for one in app for other in _places(raw, tier)):
            found.append((tier.title, told.cpu_cores))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


Place = tuple[MachineCounters, frozenset[int]]


def _meet(one: Place, other: Place) -> bool:
    return bool(one[1] & other[1]) and one[0].shares_kernel_with(other[0])


def _places(raw: RawTrial, tier: Tier) -> list[Place]:
    """Machine and CPUs of every process of the tier; older records tell none."""
    return [
        (first.machine, cpus(process.cpu_set))
        for _, first, _ in window.windows(raw)
        if first.machine and (unit := first.units.get(tier.unit))
        for process in unit.processes
    ]


def cpus(listed: str) -> frozenset[int]:
    """The CPUs of a list as the kernel writes it: ``0-3,6``."""
    found: set[int] = set()
    for part in filter(None, listed.split(",")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)
