"""Writes the live record for drivers that are Python programs of ours.

The same lines as the patched wrk's (``roles/wrk/files/README.md``), so that one reader serves all.
"""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchrig.drivers.histogram import slot_of
from benchrig.drivers.live import VERSION

KINDS = ("connect", "read", "write")


class LiveWriter:
    """Counts what it is told and writes it down when asked to; not thread-safe."""

    def __init__(self, path: Path, url: str, connections: int) -> None:
        self._file = path.open("w", buffering=1)
        self._sequence = 0
        self._begin_unix, self._begin = time.time(), time.monotonic()
        self.in_flight = 0
        self._open = self._established = 0
        self._requests = self._bytes = self._timeouts = 0
        self._codes: Counter[int] = Counter()
        self._errors: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        self._counts: Counter[int] = Counter()  # latency in µs to how often
        self._delta: Counter[int] = Counter()  # slots since the last line
        start = {"url": url, "connections": {"asked": connections, "opened": connections}}
        self._line("start", start)

    def opened(self) -> None:
        """One more connection is open."""
        self._open += 1
        self._established += 1

    def closed(self) -> None:
        """One fewer."""
        self._open -= 1

    def answer(self, latency_us: int, status: int, size_bytes: int) -> None:
        """One answer came."""
        self._requests += 1
        self._bytes += size_bytes
        self._codes[status] += 1
        self._counts[latency_us] += 1
        self._delta[slot_of(latency_us)] += 1

    def error(self, kind: str, name: str) -> None:
        """One request ended without an answer: connect, read, write or timeout."""
        if kind == "timeout":
            self._timeouts += 1
        else:
            self._errors[kind][name] += 1

    def tick(self) -> None:
        """Write where things stand."""
        self._line("tick", self._counters())

    def finish(self, interrupted: str | None = None) -> None:
        """Write the final line and close the record; ``interrupted`` names the signal, if any."""
        end, seconds = time.time(), time.monotonic() - self._begin
        final = self._counters() | {
            "start_unix": self._begin_unix,
            "end_unix": end,
            "duration_us": round(seconds * 1e6),
            "interrupted": interrupted,
            "unsent": 0,
            "unanswered": self.in_flight,
            "hist": self._histogram(),
            "hist_service": None,
        }
        self._line("final", final)
        self._file.close()

    def _counters(self) -> dict[str, Any]:
        delta, self._delta = sorted(self._delta.items()), Counter()
        classes: Counter[str] = Counter()
        for code, count in self._codes.items():
            classes[f"{code // 100}xx"] += count
        return {
            "elapsed_s": time.monotonic() - self._begin,
            "requests": self._requests,
            "bytes": self._bytes,
            "status": {f"{n}xx": classes[f"{n}xx"] for n in range(1, 6)} | {"other": 0},
            "codes": {str(code): count for code, count in self._codes.items()},
            "errors": {
                kind: {"total": names.total(), "errno": dict(names)}
                for kind, names in self._errors.items()
            }
            | {"timeout": self._timeouts},
            "connections_open": self._open,
            "connections_established": self._established,
            "in_flight": self.in_flight,
            "oldest_in_flight_us": None,
            "open_loop": None,
            "hist_delta": delta,
        }

    def _histogram(self) -> dict[str, Any]:
        slots: Counter[int] = Counter()
        for value, count in self._counts.items():
            slots[slot_of(value)] += count
        total = self._counts.total()
        mean = sum(v * n for v, n in self._counts.items()) / total if total else None
        return {
            "count": total,
            "min": min(self._counts, default=None),
            "max": max(self._counts, default=None),
            "mean": mean,
            "slots": sorted(slots.items()),
        }

    def _line(self, kind: str, fields: dict[str, Any]) -> None:
        line = {"v": VERSION, "type": kind, "seq": self._sequence, "t_unix": time.time(), **fields}
        self._sequence += 1
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
