"""A run as TechEmpower's ``results.json``; `benchrig.store.techempower` reads it.

One result for each type, framework and level, in the order of the levels: the trial whose rate is
the median of those of its cell that count, which is a real one and no average. What does not fit is
told.
"""

import json
import math
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from benchrig.drivers.histogram import Histogram, value_of
from benchrig.store.run import RunSpec
from benchrig.store.summary import ClientSummary, TrialSummary, usable
from benchrig.store.techempower import TYPES
from benchrig.trial.environment import Environment

OURS = {workload: kind for kind, (workload, _) in TYPES.items()}
SOCKET_ERRORS = ("connect", "read", "write", "timeout")


@dataclass(frozen=True)
class Exported:
    """The file's text, and what of the run is not in it."""

    text: str
    left_out: tuple[str, ...]


def export(
    spec: RunSpec,
    environment: Environment | None,
    trials: Iterable[TrialSummary],
    latencies: Mapping[int, Histogram | None],
) -> Exported:
    """The run in their shape."""
    cells: dict[tuple[str, str], dict[int, list[TrialSummary]]] = defaultdict(dict)
    left_out, kept = [], list(trials)
    duration = _duration(kept)
    for trial in kept:
        kind, why = OURS.get(trial.workload), _unfit(trial, duration)
        if kind is None or why:
            left_out.append(f"trial {trial.trial}, {trial.cell}: {why}")
            continue
        cells[kind, _framework(trial)].setdefault(_level(kind, trial), []).append(trial)
    levels = _levels(cells)
    raw: dict[str, Any] = {kind: {} for kind in TYPES}
    for (kind, framework), points in cells.items():
        missing = [level for level in levels[TYPES[kind][1]] if level not in points]
        if missing:
            left_out.append(f"{framework}, {kind}: not measured at {', '.join(map(str, missing))}")
            continue
        chosen = [_median(usable(points[level])) for level in levels[TYPES[kind][1]]]
        raw[kind][framework] = [_result(t, latencies.get(t.trial)) for t in chosen]
    text = _text(spec, environment, levels, raw, cells, duration)
    return Exported(text, tuple(left_out))


def _duration(trials: Iterable[TrialSummary]) -> int:
    """The one duration of the file, which rates are divided by: the longest in whole seconds."""
    whole = [t.duration_seconds for t in trials if t.usable and t.duration_seconds.is_integer()]
    return max(1, round(max(whole, default=1.0)))


def _unfit(trial: TrialSummary, duration: int) -> str:
    """Why a trial has no place in their file; empty where it has."""
    if trial.workload not in OURS:
        return "no test type of theirs"
    if not trial.usable:
        return f"it is {trial.grade}"
    if trial.duration_seconds != duration:
        return f"it measured for {trial.window}; their file has one duration, here {duration} s"
    return ""


def _framework(trial: TrialSummary) -> str:
    return trial.variant if trial.via in ("", "direct") else f"{trial.variant}-{trial.via}"


def _level(kind: str, trial: TrialSummary) -> int:
    swept = "query" in TYPES[kind][1].lower()
    return int(trial.parameters.get("queries", 1)) if swept else trial.connections


def _levels(cells: Mapping[tuple[str, str], Mapping[int, Any]]) -> dict[str, list[int]]:
    found: dict[str, set[int]] = {name: set() for _, name in TYPES.values()}
    for (kind, _), points in cells.items():
        found[TYPES[kind][1]] |= points.keys()
    return {name: sorted(levels) for name, levels in found.items()}


def _median(trials: list[TrialSummary]) -> TrialSummary:
    ordered = sorted(trials, key=lambda trial: trial.requests_per_second or 0.0)
    return ordered[(len(ordered) - 1) // 2]


def _result(trial: TrialSummary, latency: Histogram | None) -> dict[str, Any]:
    client = trial.client
    if client is None:
        raise ValueError("a trial without figures has no result")
    failed = client.errors.get("status", 0)
    told: dict[str, Any] = {
        "latencyAvg": _milliseconds(client.mean_seconds),
        "latencyStdev": _milliseconds(_deviation(client, latency)),
        "latencyMax": _milliseconds(client.max_seconds),
        "totalRequests": client.requests + failed,
        "startTime": trial.begin_unix,
        "endTime": trial.begin_unix + trial.duration_seconds,
    }
    told |= {kind: client.errors[kind] for kind in SOCKET_ERRORS if client.errors.get(kind)}
    return told | ({"5xx": failed} if failed else {})


def _deviation(client: ClientSummary, latency: Histogram | None) -> float:
    """Standard deviation in seconds; 0 where a driver tells quantiles only."""
    if latency is None or latency.count < 2:
        return 0.0
    mean = client.mean_seconds * 1e6
    squares = math.fsum(n * (value_of(slot) - mean) ** 2 for slot, n in latency.slots)
    return math.sqrt(squares / latency.count) / 1e6


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f}ms"


def _text(
    spec: RunSpec,
    environment: Environment | None,
    levels: Mapping[str, list[int]],
    raw: Mapping[str, Any],
    cells: Mapping[tuple[str, str], Mapping[int, list[TrialSummary]]],
    duration: int,
) -> str:
    frameworks = sorted({framework for _, framework in cells})
    measured = [t for points in cells.values() for trials in points.values() for t in trials]
    app = (
        next((h for h in environment.hosts.values() if "app_servers" in h.groups), None)
        if (environment)
        else None
    )
    commit = environment.control.commit if environment else ""
    end = max((t.begin_unix + t.duration_seconds for t in measured), default=spec.begin_unix)
    told = {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, spec.run_id)),
        "name": spec.run_id,
        "environmentDescription": app.cpu_model if app else "",
        "git": {"commitId": commit, "repositoryUrl": "", "branchName": ""},
        "operatingSystem": {"name": app.os if app else "", "version": app.kernel if app else ""},
        "startTime": round(spec.begin_unix * 1000),
        "completionTime": round(end * 1000),
        **levels,
        "frameworks": frameworks,
        "duration": duration,
        "rawData": {**raw, "slocCounts": {}, "commitCounts": {}},
        "completed": dict.fromkeys(frameworks, spec.run_id),
        "succeeded": {kind: sorted(found) for kind, found in raw.items()},
        "failed": {kind: [] for kind in raw},
        "verify": {f: {k: "pass" for k in raw if f in raw[k]} for f in frameworks},
        "testMetadata": [],
    }
    return json.dumps(told, indent=2) + "\n"
