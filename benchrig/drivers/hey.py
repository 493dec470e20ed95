"""hey: a Go load tool; closed loop, many seeds of comparisons were made with it."""

import math
import re
from collections import Counter
from collections.abc import Callable

from benchrig.drivers.base import (
    Abilities,
    Driver,
    LoadErrors,
    LoadRequest,
    LoadResult,
    Output,
    Tool,
)
from benchrig.drivers.text import find, find_number

TIMEOUT = "deadline exceeded"
CONNECT = "connect:"


class Hey(Driver):
    """Closed loop; counts what it could not connect for as requests, which is seen through here."""

    name = "hey"
    summary = "Go; a number of requests or a duration, HTTP/1.1"
    abilities = Abilities(
        closed_loop=True,
        open_loop=False,
        live=False,
        fixed_requests=True,
        pipelining=False,
        duration=True,
        spawn_rate=False,
        protocols=("HTTP/1.1",),
        latency="quantiles of up to a million answers, 0.1 ms",
        blind_spots="4 times wrk's CPU per request; its own requests/s counts refused connections",
    )

    def argv(self, request: LoadRequest) -> list[str]:
        """Hey's command line; it shares fixed requests out evenly, so they are rounded up."""
        argv = ["hey", "-c", str(request.connections)]
        if request.requests:
            per_connection = -(-request.requests // request.connections)
            argv += ["-n", str(per_connection * request.connections)]
        else:
            argv += ["-z", f"{request.duration_seconds:g}s"]
        argv += ["-cpus", str(request.threads), "-t", str(max(1, round(request.timeout_seconds)))]
        for key, value in request.headers.items():
            if key.lower() != "connection":  # hey keeps connections open by itself
                argv += ["-H", f"{key}: {value}"]
        return [*argv, request.url]

    def parse(self, output: Output) -> LoadResult:
        """Read hey's summary: status codes and errors are counted there one by one."""
        text = output.stdout
        seconds = float(find(r"Total:\s+([\d.]+) secs", text)[0])
        told = re.findall(r"^\s+\[(\d+)\]\s+(\d+) responses", text, re.MULTILINE)
        codes = {int(code): int(count) for code, count in told}
        wrong = {code: n for code, n in codes.items() if not 200 <= code < 300}
        errors = _errors(text)
        return LoadResult(
            requests=sum(codes.values()) - sum(wrong.values()),
            duration_seconds=seconds,
            bytes_read=find_number(r"Total data:\s+(\d+) bytes", text, 0),
            errors=LoadErrors(
                connect=errors["connect"],
                read=errors["read"],
                timeout=errors["timeout"],
                status=sum(wrong.values()),
                detail={f"status {code}": n for code, n in wrong.items()},
            ),
            quantiles_seconds={
                int(q) / 100: float(v) for q, v in re.findall(r"(\d+)% in ([\d.]+) secs", text)
            },
            mean_seconds=_seconds("Average", text),
            max_seconds=_seconds("Slowest", text),
        )

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """Hey has no version option; the package's version is asked for."""
        return Tool(run(["dpkg-query", "-W", "-f=${Version}", "hey"]).strip(), live=False)


def _errors(text: str) -> "Counter[str]":
    kinds: Counter[str] = Counter()
    section = text.partition("Error distribution:")[2]
    for count, message in re.findall(r"^\s+\[(\d+)\]\t(.*)$", section, re.M):
        kind = "timeout" if TIMEOUT in message else "connect" if CONNECT in message else "read"
        kinds[kind] += int(count)
    return kinds


def _seconds(name: str, text: str) -> float:
    value = float(find(rf"{name}:\s+(\S+) secs", text)[0])
    return 0.0 if math.isnan(value) else value  # hey's way of saying that nothing was answered


DRIVER = Hey()
