"""h2load: nghttp2's closed loop, for HTTP/2 in the clear as well as HTTP/1.1."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from benchrig.drivers.base import (
    Abilities,
    Driver,
    LoadErrors,
    LoadRequest,
    LoadResult,
    Output,
    Tool,
)
from benchrig.drivers.histogram import EMPTY, Histogram, from_counts
from benchrig.drivers.text import find
from benchrig.units import SECONDS

LOG_FILE = "requests.log"
REDUCED_FILE = "latencies.json"


class H2load(Driver):
    """Closed loop; says nothing of connections that broke, which is seen through here."""

    name = "h2load"
    summary = "nghttp2; HTTP/1.1, or HTTP/2 in the clear with a url of h2c://"
    abilities = Abilities(
        closed_loop=True,
        open_loop=False,
        live=False,
        fixed_requests=True,
        pipelining=False,
        duration=True,
        whole_seconds=True,
        spawn_rate=False,
        protocols=("HTTP/1.1", "h2c"),
        latency="every answer, 1 µs",
        blind_spots="a refused, reset or silent connection is no error to it",
    )

    def argv(self, request: LoadRequest) -> list[str]:
        """h2load's command line."""
        argv = ["h2load", "-c", str(request.connections), "-t", str(request.threads)]
        argv += [f"--log-file={LOG_FILE}", "-N", f"{max(1, round(request.timeout_seconds))}s"]
        if request.requests:
            argv += ["-n", str(request.requests)]
        else:
            argv += ["-D", str(round(request.duration_seconds))]
        if request.url.startswith("http://"):
            argv.append("--h1")
        for key, value in request.headers.items():
            if key.lower() != "connection":  # not allowed in HTTP/2, the default in HTTP/1.1
                argv += ["-H", f"{key}: {value}"]
        return [*argv, request.url.replace("h2c://", "http://")]

    def collect(self, folder: Path) -> dict[str, str]:
        """The log has a line per request: keep how often each latency occurred."""
        with (folder / LOG_FILE).open() as log:
            counts = Counter(int(line.split()[2]) for line in log)
        return {REDUCED_FILE: json.dumps(sorted(counts.items()), separators=(",", ":"))}

    def parse(self, output: Output) -> LoadResult:
        """Read h2load's summary; what was begun and never ended was lost."""
        text = output.stdout
        total = find(
            r"requests: \d+ total, (\d+) started, (\d+) done, (\d+) succeeded, "
            r"(\d+) failed, (\d+) errored, (\d+) timeout",
            text,
        )
        started, done, succeeded, _, errored, timeout = map(int, total)
        seconds, unit = find(r"finished in ([\d.]+)(us|ms|s|m)", text)
        status = sum(map(int, find(r"\d+ 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", text)))
        size = find(r"traffic: \S+ \((\d+)\) total", text)
        latency = _latency(output)
        broken = 0 if done else started
        return LoadResult(
            requests=succeeded,
            duration_seconds=float(seconds) * SECONDS[unit],
            bytes_read=int(size[0]),
            errors=LoadErrors(read=errored + broken, timeout=timeout, status=status),
            latency=latency,
            mean_seconds=latency.mean_seconds,
            max_seconds=latency.max_seconds,
        )

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """h2load tells nghttp2's version."""
        found = re.search(r"nghttp2/(\S+)", run(["h2load", "--version"]))
        return Tool(found.group(1) if found else "", live=False)


def _latency(output: Output) -> Histogram:
    if REDUCED_FILE not in output.files:
        return EMPTY
    return from_counts(dict(json.loads(output.files[REDUCED_FILE])))


DRIVER = H2load()
