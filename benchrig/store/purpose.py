"""What a run was made for: whether its trials are a cell's history, and on which hosts."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.store.names import PLAN_FILE, SELFTEST_FILE
from benchrig.store.read import read_record
from benchrig.store.spec import RunSpec


@dataclass(frozen=True)
class PlanHead:
    """What is read of a plan; `benchrig.suite.record.RunPlan` is all of it."""

    kind: str
    asked: dict[str, str] = field(default_factory=dict)


HEAD = TypeAdapter(PlanHead)


@dataclass(frozen=True)
class Purpose:
    """What a run was made for.

    Attributes:
        kind: bench, suite, comparison, calibration, sweep, ramp, capacity, advice, selftest or
            import.
        rig: fingerprint of its hosts; empty where it was not kept.
    """

    kind: str
    rig: str


def purpose(path: Path, spec: RunSpec) -> Purpose:
    """What a stored run was made for.

    Raises:
        BenchrigError: its plan can not be read.
    """
    if spec.origin:
        return Purpose("import", "")
    if (path / PLAN_FILE).exists():
        head: PlanHead = read_record(path / PLAN_FILE, HEAD)
        return Purpose(head.kind, spec.rig or head.asked.get("rig", ""))
    return Purpose("selftest" if (path / SELFTEST_FILE).exists() else "bench", spec.rig)
