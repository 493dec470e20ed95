"""The live record: lines of JSON that a driver writes while it runs.

Written by the patched wrk and by our own drivers; ``roles/wrk/files/README.md`` describes every
field. Counters are cumulative; the last line carries the whole histogram.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchrig.drivers.base import LoadErrors, LoadResult, OpenLoop, UnreadableOutput
from benchrig.drivers.histogram import Histogram

LIVE_FILE = "live.jsonl"
VERSION = 1
SUCCESS = "2xx"


@dataclass(frozen=True)
class Counters:
    """One line's cumulative counters; times of the load generator's clock.

    Attributes:
        requests: answers of any status.
        status: first digit class (``2xx``) to answers.
        oldest_in_flight_seconds: 0 with nothing in flight; ``None`` of a driver that can not tell.
        slots: latency counts since the line before, as HdrHistogram slots.
    """

    unix: float
    final: bool
    requests: int
    bytes_read: int
    status: dict[str, int]
    errors: LoadErrors
    connections_open: int
    in_flight: int
    oldest_in_flight_seconds: float | None
    due: int
    offered_per_second: float
    slots: tuple[tuple[int, int], ...]


def _oldest(line: dict[str, Any]) -> float | None:
    """From wrk null means none in flight; our own drivers do not follow the ages at all."""
    if line["oldest_in_flight_us"] is not None:
        return float(line["oldest_in_flight_us"]) / 1e6
    return None if line["in_flight"] else 0.0


def read_lines(text: str) -> Iterator[dict[str, Any]]:
    """Every whole line as JSON.

    Raises:
        UnreadableOutput: a line that is no JSON or of another version; carries the line.
    """
    for line in text.splitlines():
        try:
            parsed: dict[str, Any] = json.loads(line)
            if parsed["v"] != VERSION:
                raise UnreadableOutput(line[:200])
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableOutput(line[:200]) from error
        yield parsed


def counters(line: dict[str, Any]) -> Counters:
    """The counters of a tick or final line."""
    loop = line.get("open_loop") or {}
    return Counters(
        unix=line["t_unix"],
        final=line["type"] == "final",
        requests=line["requests"],
        bytes_read=line["bytes"],
        status=line["status"],
        errors=_errors(line),
        connections_open=line["connections_open"],
        in_flight=line["in_flight"],
        oldest_in_flight_seconds=_oldest(line),
        due=loop.get("due", 0),
        offered_per_second=loop.get("offered_per_second") or 0.0,
        slots=tuple((slot, count) for slot, count in line["hist_delta"]),
    )


def result(text: str) -> LoadResult:
    """The outcome that a live record ends with.

    Raises:
        UnreadableOutput: it has no final line, because the driver died.
    """
    lines = list(read_lines(text))
    if not lines or lines[-1]["type"] != "final":
        raise UnreadableOutput(f"no final line in {LIVE_FILE} after {len(lines)} lines")
    start, final = lines[0], lines[-1]
    latency = histogram(final["hist"])
    opened: int = start["connections"]["opened"]
    # Records that our own drivers wrote before they counted this do not have it.
    opened = min(opened, final.get("connections_established", opened))
    service = final.get("hist_service")
    return LoadResult(
        requests=final["status"][SUCCESS],
        duration_seconds=_window_seconds(final),
        bytes_read=final["bytes"],
        errors=_errors(final),
        latency=latency,
        mean_seconds=latency.mean_seconds,
        max_seconds=latency.max_seconds,
        service_latency=histogram(service) if service else None,
        open_loop=_open_loop(final),
        connections_opened=opened,
        begin_unix=final["start_unix"],
        cut_off_seconds=_cut_off_seconds(final),
    )


def histogram(told: dict[str, Any]) -> Histogram:
    """A histogram from the final line."""
    slots = tuple((slot, count) for slot, count in told["slots"])
    return Histogram(slots, told["min"] or 0, told["max"] or 0, told["mean"] or 0.0)


def _window_seconds(final: dict[str, Any]) -> float:
    """How long load was asked for: an open loop's schedule, or as far as it came when interrupted.

    ``duration_us`` has the wait for late answers in it, in which nothing fell due any more.
    """
    loop = final.get("open_loop")
    return float(loop["schedule_us"] if loop else final["duration_us"]) / 1e6


def _cut_off_seconds(final: dict[str, Any]) -> float | None:
    """As if all that were under way at the end were as old as the oldest."""
    number, oldest = final["in_flight"], final["oldest_in_flight_us"]
    return None if number and oldest is None else number * (oldest or 0) / 1e6


def _errors(line: dict[str, Any]) -> LoadErrors:
    kinds = line["errors"]
    detail: dict[str, int] = {}
    for kind in ("connect", "read", "write"):
        named = kinds[kind]["errno"] | {
            k: kinds[kind].get(k, 0) for k in ("eof", "http_parse", "tls")
        }
        detail |= {f"{kind} {name}": count for name, count in named.items() if count}
    wrong = {code: n for code, n in line["codes"].items() if not code.startswith("2")}
    return LoadErrors(
        connect=kinds["connect"]["total"],
        read=kinds["read"]["total"],
        write=kinds["write"]["total"],
        timeout=kinds["timeout"],
        status=sum(n for status, n in line["status"].items() if status != SUCCESS),
        detail=detail | {f"status {code}": count for code, count in wrong.items()},
    )


def _open_loop(final: dict[str, Any]) -> OpenLoop | None:
    loop = final.get("open_loop")
    if not loop:
        return None
    return OpenLoop(loop["due"], loop["sent"], final["unsent"], final["unanswered"])
