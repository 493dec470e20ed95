"""Runs that nobody measured, true to the schema: for tests of what is made from many of them."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchrig.drivers.histogram import slot_of
from benchrig.store.derived import rejudge
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec
from benchrig.suite.cells import CONNECTIONS, Cell
from benchrig.suite.order import ordered
from benchrig.suite.record import SCHEMA as PLAN_SCHEMA
from benchrig.suite.record import RunPlan, write_plan
from benchrig.tiers import TIERS
from benchrig.trial.raw import Phase, RawTrial
from benchrig.trial.raw_counters import Snapshot
from tests.factories import (
    BEGIN,
    make_driver_run,
    make_environment,
    make_plan,
    make_process,
    make_raw,
    make_snapshot,
)

TICKS_A_SECOND = 5
SHARES = {"load_generator": 0.2, "nginx": 0.0, "app": 1.0, "postgresql": 0.1}
ERRORS: dict[str, Any] = {
    "connect": {"total": 0, "errno": {}},
    "read": {"total": 0, "errno": {}, "eof": 0, "http_parse": 0, "tls": 0},
    "write": {"total": 0, "errno": {}},
    "timeout": 0,
}


@dataclass(frozen=True)
class Made:
    """One made-up cell: who answers, how fast, and at what CPU time for a request."""

    variant: str
    requests_per_second: float
    cpu_seconds_per_request: float
    connections: int = 64
    workload: str = "json"


def make_trial(made: Made, seconds: float, at: float, rng: random.Random) -> RawTrial:
    """A trial with a live record, as the rig would have stored it."""
    rate = made.requests_per_second * rng.gauss(1.0, 0.02)
    plan = make_plan(made.variant, made.workload, connections=made.connections)
    plan = replace(plan, level=replace(plan.level, duration_seconds=seconds))
    shape = {"rate": rate, "seconds": seconds, "at": at, "connections": made.connections}
    warmup = make_driver_run(phase="warm-up", begin_unix=at - 5, files={"live.jsonl": ""})
    warmup = replace(
        warmup, files={"live.jsonl": live_record(rng, shape | {"at": at - 5, "seconds": 4.6})}
    )
    measure = make_driver_run(files={"live.jsonl": live_record(rng, shape)})
    return make_raw(
        plan=plan,
        begin_unix=at - 8,
        clock_offsets={"app": 0.0, "loadgen": 0.0},
        phases=[Phase("warm-up", at - 5, at - 0.3), Phase("measure", at, at + seconds)],
        driver_runs=[warmup, measure],
        snapshots={"app": _snapshots(at, seconds, rate * made.cpu_seconds_per_request)},
    )


def live_record(rng: random.Random, shape: dict[str, float]) -> str:
    """What the rig's own driver writes while it runs: start, ticks, final line."""
    rate, seconds, at = shape["rate"], shape["seconds"], shape["at"]
    opened = {"asked": shape["connections"], "opened": shape["connections"]}
    lines: list[dict[str, Any]] = [{"v": 1, "type": "start", "t_unix": at, "connections": opened}]
    every: Counter[int] = Counter()
    ticks = round(seconds * TICKS_A_SECOND)
    for tick in range(1, ticks + 1):
        delta = _latencies(rng, rate / TICKS_A_SECOND, shape["connections"] / rate)
        every.update(delta)
        line = {"v": 1, "type": "tick" if tick < ticks else "final", "t_unix": at + tick / 5}
        lines.append(line | _counters(every.total(), delta, int(shape["connections"])))
    told = {"slots": sorted(every.items()), "min": 90, "max": 400_000, "mean": 2_000.0}
    final = {"hist": told, "hist_service": None, "interrupted": None, "duration_us": seconds * 1e6}
    lines[-1] |= final | {"start_unix": at, "unsent": 0, "unanswered": 0}
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "\n"


def _latencies(rng: random.Random, requests: float, mean_seconds: float) -> "Counter[int]":
    """Slots of one tick: a log-normal shape in 60 draws, weighted up to the count."""
    draws = [slot_of(round(mean_seconds * 1e6 * rng.lognormvariate(0, 0.4))) for _ in range(60)]
    return Counter({s: max(1, round(n * requests / 60)) for s, n in Counter(draws).items()})


def _counters(total: int, delta: "Counter[int]", connections: int) -> dict[str, Any]:
    return {
        "requests": total,
        "bytes": total * 170,
        "status": {"2xx": total},
        "codes": {"200": total},
        "errors": ERRORS,
        "connections_open": connections,
        "in_flight": connections,
        "oldest_in_flight_us": 900,
        "open_loop": None,
        "hist_delta": sorted(delta.items()),
    }


def _snapshots(at: float, seconds: float, cores: float) -> dict[str, Snapshot]:
    moments = {"begin": 0.0, "middle": 0.5, "end": 1.0}
    return {
        moment: make_snapshot(
            at + share * seconds,
            {
                tier.unit: [make_process(7, 1 + share * seconds * cores * SHARES[tier.name])]
                for tier in TIERS
            },
        )
        for moment, share in moments.items()
    }


def make_run(
    results: Path,
    cells: Iterable[Made],
    *,
    repeats: int = 1,
    seconds: float = 15.0,
    day: int = 0,
    seed: int = 1,
) -> Path:
    """A finished run of every cell so many times, judged."""
    rng = random.Random(f"{seed} {day}")  # noqa: S311 - no secret is made of it
    begin = BEGIN + day * 86400
    spec = RunSpec(
        SCHEMA,
        f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(begin))}-made-{seed:04x}",
        begin,
        "fab bench",
        "rig",
        "",
    )
    run = RunDirectory(results, spec, make_environment())
    trials = [made for _ in range(repeats) for made in cells]
    for number, made in enumerate(trials, 1):
        run.add(number, make_trial(made, seconds, begin + 30 * number, rng))
    run.finish("complete")
    rejudge(run.path)
    return run.path


def make_blocks(
    results: Path, cells: Sequence[Made], *, blocks: int, kind: str, seed: int = 1
) -> Path:
    """A finished run with a plan: every cell once in each block, in random order."""
    rng = random.Random(seed)  # noqa: S311 - no secret is made of it
    run_id = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(BEGIN))}-{kind}-{seed:04x}"
    run = RunDirectory(results, RunSpec(SCHEMA, run_id, BEGIN, f"fab {kind}", "rig", ""))
    roles = ("baseline: ", "contender: ") if kind == "comparison" else ("", "") * len(cells)
    plans = [make_trial(made, 2.0, BEGIN, rng).plan for made in cells]
    kept = tuple(
        Cell("", f"{role}{made.variant}", {CONNECTIONS: made.connections}, (), plan, blocks)
        for role, made, plan in zip(roles, cells, plans, strict=False)
    )
    plan = RunPlan(PLAN_SCHEMA, kind, "made", seed, kept, ordered(seed, [blocks] * len(cells)))
    write_plan(run.path, plan)
    for number, slot in enumerate(plan.order, 1):
        run.add(number, make_trial(cells[slot.cell], 2.0, BEGIN + 30 * number, rng))
    run.finish("complete")
    rejudge(run.path)
    return run.path
