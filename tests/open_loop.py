"""Trials of an open loop that nobody measured, against a server of a known capacity."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from benchrig.drivers.histogram import slot_of
from benchrig.trial.raw import RawTrial
from tests.factories import BEGIN, make_driver_run, make_plan, make_raw
from tests.synthetic import ERRORS

TICKS_A_SECOND = 5
IDLE_SECONDS = 0.002


@dataclass(frozen=True)
class Served:
    """What is offered, and what the server can; rates are per second.

    Attributes:
        rate_to: the rate rises to here on a straight line; 0 for a constant one.
        failures: requests that fail, of all.
        unanswered: of those still open when the rate ends, left so for good.
        idle_seconds: latency without a queue.
    """

    rate: float
    capacity: float
    seconds: float = 5.0
    rate_to: float = 0.0
    failures: int = 0
    unanswered: bool = False
    idle_seconds: float = IDLE_SECONDS

    def due(self, at: float) -> float:
        """Requests that fell due by then."""
        at = min(at, self.seconds)
        slope = (self.rate_to - self.rate) / self.seconds if self.rate_to else 0.0
        return self.rate * at + slope * at * at / 2


def served_trial(load: Served, **changes: Any) -> RawTrial:
    """The trial's record: the server answers what is due as fast as it can, in order."""
    plan = make_plan(
        rate_per_second=load.rate,
        rate_to_per_second=load.rate_to,
        duration_seconds=load.seconds,
    )
    run = make_driver_run(files={"live.jsonl": served_record(load)})
    return make_raw(plan=plan, driver_runs=[run], **changes)


def served_record(load: Served) -> str:
    """Start, ticks while the rate lasts, ticks while late answers come, final line."""
    opened = {"asked": 64, "opened": 64}
    lines: list[dict[str, Any]] = [
        {"v": 1, "type": "start", "t_unix": BEGIN, "connections": opened}
    ]
    every: Counter[int] = Counter()
    answered, tick = 0.0, 0
    while tick / TICKS_A_SECOND < load.seconds or answered < load.due(load.seconds) - 0.5:
        tick += 1
        at = tick / TICKS_A_SECOND
        if load.unanswered and at > load.seconds:
            break
        due, ready = load.due(at), load.due(max(0.0, at - load.idle_seconds))
        now = min(ready, answered + load.capacity / TICKS_A_SECOND)
        late = load.idle_seconds + (ready - now) / load.capacity
        delta = Counter({slot_of(round(late * 1e6)): round(now) - round(answered)})
        every.update(delta)
        answered = now
        lines.append(_line(at, round(due), round(answered), delta))
        lines[-1]["open_loop"]["schedule_us"] = round(min(at, load.seconds) * 1e6)
    left = round(load.due(load.seconds)) - round(answered)
    final = lines[-1]
    final |= {"type": "final", "interrupted": None, "duration_us": tick / TICKS_A_SECOND * 1e6}
    final |= {"start_unix": BEGIN, "unsent": 0, "unanswered": left, "hist_service": None}
    final["hist"] = {
        "slots": sorted(every.items()),
        "min": round(load.idle_seconds * 1e6),
        "max": 60_000_000,
        "mean": 2_000.0,
    }
    final["status"] = {"2xx": round(answered) - load.failures, "5xx": load.failures}
    final["codes"] = {"503": load.failures} if load.failures else {}
    return "\n".join(json.dumps(line) for line in lines) + "\n"


def _line(at: float, due: int, answered: int, delta: "Counter[int]") -> dict[str, Any]:
    return {
        "v": 1,
        "type": "tick",
        "t_unix": BEGIN + at,
        "requests": answered,
        "bytes": answered * 170,
        "status": {"2xx": answered},
        "codes": {},
        "errors": ERRORS,
        "connections_open": 64,
        "in_flight": 1,
        "oldest_in_flight_us": 900,
        "open_loop": {"due": due, "sent": due, "offered_per_second": 0.0},
        "hist_delta": sorted(delta.items()),
    }


def refused_otherwise(raw: RawTrial) -> RawTrial:
    """The same trial, but the app was restarted in it."""
    return replace(raw, app_units={"app": {"begin": "abc", "end": "def"}})
