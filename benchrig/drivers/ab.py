"""ab, ApacheBench: a closed loop on one core, in HTTP/1.0 with keep-alive."""

import csv
import re
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

QUANTILES_FILE = "quantiles.csv"
MANY = 2_000_000  # with a duration: more than it can send, since it stops at 50,000 by itself


class Ab(Driver):
    """Closed loop; its failed requests count as complete, which is seen through here."""

    name = "ab"
    summary = "ApacheBench; a number of requests or a duration, one core"
    abilities = Abilities(
        closed_loop=True,
        open_loop=False,
        live=False,
        fixed_requests=True,
        pipelining=False,
        duration=True,
        whole_seconds=True,
        spawn_rate=False,
        protocols=("HTTP/1.0 with keep-alive",),
        latency="quantiles of every request, failed ones too",
        blind_spots="it ends at a server that stops answering or ignores HTTP/1.0 keep-alive",
        threads=False,
    )

    def refusals(self, request: LoadRequest) -> list[str]:
        """As any driver's; and it opens all connections at once."""
        said = super().refusals(request)
        if request.requests and request.requests < request.connections:
            said.append(f"{request.requests} requests are fewer than its connections")
        return said

    def argv(self, request: LoadRequest) -> list[str]:
        """Ab's command line: keep-alive, answers of any length, errors counted and not fatal."""
        argv = ["ab", "-q", "-k", "-l", "-r", "-e", QUANTILES_FILE, "-c", str(request.connections)]
        argv += ["-s", str(max(1, round(request.timeout_seconds)))]
        if not request.requests:
            argv += ["-t", str(round(request.duration_seconds))]
        argv += ["-n", str(request.requests or MANY)]
        for key, value in request.headers.items():
            if key.lower() != "connection":  # -k sends it
                argv += ["-H", f"{key}: {value}"]
        return [*argv, request.url]

    def parse(self, output: Output) -> LoadResult:
        """Read ab's summary and its table of quantiles."""
        text = output.stdout
        complete = int(find(r"Complete requests:\s+(\d+)", text)[0])
        connect = find_number(r"\(Connect: (\d+),", text, 0)
        receive = find_number(r"Receive: (\d+),", text, 0)
        status = find_number(r"Non-2xx responses:\s+(\d+)", text, 0)
        quantiles = _quantiles(output.files.get(QUANTILES_FILE, ""))
        mean = find(r"^Total:\s+\d+\s+(\d+)", text)[0] if quantiles else "0"
        return LoadResult(
            requests=complete - receive - status,
            duration_seconds=float(find(r"Time taken for tests:\s+([\d.]+) seconds", text)[0]),
            bytes_read=int(find(r"Total transferred:\s+(\d+) bytes", text)[0]),
            errors=LoadErrors(connect=connect, read=receive, status=status),
            quantiles_seconds={q: v for q, v in quantiles.items() if q in (0.5, 0.75, 0.9, 0.99)},
            mean_seconds=float(mean) / 1000,
            max_seconds=quantiles.get(1.0, 0.0),
        )

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """Ab tells its version."""
        found = re.search(r"Version (\S+)", run(["ab", "-V"]))
        return Tool(found.group(1) if found else "", live=False)


def _quantiles(table: str) -> dict[float, float]:
    rows = list(csv.reader(table.splitlines()))[1:]
    return {int(percent) / 100: float(milliseconds) / 1000 for percent, milliseconds in rows}


DRIVER = Ab()
