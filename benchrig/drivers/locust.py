"""Locust: users written in Python, added at a rate; costly, but it can follow a scenario."""

import json
import re
import urllib.parse
from collections.abc import Callable

from benchrig.drivers import live
from benchrig.drivers.base import Abilities, Driver, LoadRequest, LoadResult, Output, Tool

LOCUST = "/opt/benchrig/venvs/load/bin/locust"
LOCUSTFILE = "/opt/benchrig/lib/benchrig/load/locustfile.py"


class Locust(Driver):
    """Closed loop of users; one core of it drives 5,000 to 11,000 requests/s at most."""

    name = "locust"
    summary = "users in Python, added at --spawn-rate; headless here, `fab locust` for its web page"
    abilities = Abilities(
        closed_loop=True,
        open_loop=False,
        live=True,
        fixed_requests=False,
        pipelining=False,
        duration=True,
        whole_seconds=True,
        spawn_rate=True,
        protocols=("HTTP/1.1",),
        latency="every answer, 1 µs, as the Python client sees it",
        blind_spots="over ten times wrk's CPU per request: it is the limit before most servers",
        threads=False,
    )

    def argv(self, request: LoadRequest) -> list[str]:
        """Locust's command line; users are its connections."""
        parts = urllib.parse.urlsplit(request.url)
        told = {
            "BENCHRIG_PATH": parts.path + (f"?{parts.query}" if parts.query else ""),
            "BENCHRIG_HEADERS": json.dumps(request.headers),
            "BENCHRIG_TIMEOUT_SECONDS": f"{request.timeout_seconds:g}",
            "BENCHRIG_USERS": str(request.connections),
        }
        spawn_rate = request.spawn_rate_per_second or request.connections
        seconds = round(request.duration_seconds)
        alone = ["--headless", f"--run-time={seconds}s", "--exit-code-on-error=0"]
        return [
            "env",
            *(f"{name}={value}" for name, value in told.items()),
            LOCUST,
            f"--locustfile={LOCUSTFILE}",
            "--skip-log",
            "--stop-timeout=0",
            f"--host={parts.scheme}://{parts.netloc}",
            f"--users={request.connections}",
            f"--spawn-rate={spawn_rate:g}",
            *([f"--web-port={request.page_port}"] if request.page_port else alone),
        ]

    def parse(self, output: Output) -> LoadResult:
        """The live record that our locustfile writes."""
        return live.result(output.files.get(live.LIVE_FILE, ""))

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """Locust tells its version."""
        found = re.search(r"locust (\S+)", run([LOCUST, "--version"]))
        return Tool(found.group(1) if found else "", live=True)


DRIVER = Locust()
