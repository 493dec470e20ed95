"""wrk: the rig's own driver; patched, it adds a live record and an open loop."""

import re
from collections.abc import Callable

from benchrig.drivers import live
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
from benchrig.units import SECONDS

CURRENT = "/opt/benchrig/wrk/current"  # a link to a folder named after what went into the build
PATH = f"{CURRENT}/wrk"
BYTES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
TICK_MILLISECONDS = 200
SCRIPT = "request.lua"
# The request is made once, and no Lua runs for each, so that sending it is cheap.
PIPELINE = """
init = function(args)
  batch = string.rep(wrk.format(), %d)
end
request = function() return batch end
"""
POST = """
wrk.method = "POST"
wrk.body = %s
"""


class Wrk(Driver):
    """Closed loop, or with the rig's patch an open one; an HTTP request costs it 10 µs of CPU."""

    name = "wrk"
    summary = "the rig's own: exact histogram, live counters, closed or open loop"
    abilities = Abilities(
        closed_loop=True,
        open_loop=True,
        live=True,
        fixed_requests=False,
        pipelining=True,
        duration=True,
        whole_seconds=True,
        spawn_rate=False,
        protocols=("HTTP/1.1",),
        latency="every answer, 1 µs; open loop from the due time",
        blind_spots="pipelined: only the last answer of a batch is timed",
        posts=True,
    )

    def refusals(self, request: LoadRequest) -> list[str]:
        """As any driver's; and the patch does not pipeline in an open loop."""
        said = super().refusals(request)
        if request.pipeline > 1 and request.rate_per_second:
            said.append("it can not pipeline in an open loop")
        if request.connections % request.threads:
            said.append(
                f"{request.connections} connections can not be shared out evenly over "
                f"{request.threads} threads"
            )
        return said

    def argv(self, request: LoadRequest) -> list[str]:
        """Wrk's command line."""
        argv = [PATH, "--latency", f"--threads={request.threads}"]
        argv += [f"--connections={request.connections}"]
        argv += [f"--duration={round(request.duration_seconds)}s"]
        argv += [f"--timeout={max(1, round(request.timeout_seconds))}s"]
        if request.live:
            argv += ["--live", live.LIVE_FILE, "--tick", str(TICK_MILLISECONDS)]
        if request.rate_per_second:
            argv += ["--rate", f"{request.rate_per_second:g}"]
        if request.rate_to_per_second:
            argv += ["--rate-to", f"{request.rate_to_per_second:g}"]
        for key, value in request.headers.items():
            argv += ["-H", f"{key}: {value}"]
        if _script(request):
            argv += ["--script", SCRIPT]
        return [*argv, request.url]

    def setup(self, request: LoadRequest) -> dict[str, str]:
        """The script that pipelines or posts, where that is asked for."""
        script = _script(request)
        return {SCRIPT: script} if script else {}

    def parse(self, output: Output) -> LoadResult:
        """The live record where there is one, else what wrk printed."""
        if live.LIVE_FILE in output.files:
            return live.result(output.files[live.LIVE_FILE])
        return parse_text(output.stdout + output.stderr)

    def probe(self, run: Callable[[list[str]], str]) -> Tool:
        """Wrk tells its version and, patched, its options in its usage."""
        usage = run([PATH, "--version"])
        found = re.search(r"wrk (\S+)", usage)
        build = run(["readlink", CURRENT]).strip().rpartition("/")[2]
        return Tool(found.group(1) if found else "", live="--live" in usage, build=build)


def _script(request: LoadRequest) -> str:
    script = ""
    if request.method == "POST":
        text = f"[==[{request.body}]==]"
        script += POST % (f'string.rep("x", {request.body_bytes})' if request.body_bytes else text)
    if request.pipeline > 1:
        script += PIPELINE % request.pipeline
    return script


def parse_text(text: str) -> LoadResult:
    """Read what any wrk prints.

    Raises:
        UnreadableOutput: a line that must be there is not; it carries what was printed instead.
    """
    total = find(r"(\d+) requests in ([\d.]+)(us|ms|s|m|h), ([\d.]+)([KMGT]?B) read", text)
    summary = find(r"Latency\s+([\d.]+)(us|ms|s|m|h)\s+\S+\s+([\d.]+)(us|ms|s|m|h)", text)
    sockets = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text
    )
    status = find_number(r"Non-2xx or 3xx responses: (\d+)", text, 0)
    connect, read, write, timeout = map(int, sockets.groups()) if sockets else (0, 0, 0, 0)
    quantiles = re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s|m|h)$", text, re.MULTILINE)
    return LoadResult(
        requests=int(total[0]) - status,
        duration_seconds=float(total[1]) * SECONDS[total[2]],
        bytes_read=round(float(total[3]) * BYTES[total[4]]),
        errors=LoadErrors(connect, read, write, timeout, status),
        quantiles_seconds={int(q) / 100: float(v) * SECONDS[unit] for q, v, unit in quantiles},
        mean_seconds=float(summary[0]) * SECONDS[summary[1]],
        max_seconds=float(summary[2]) * SECONDS[summary[3]],
    )


DRIVER = Wrk()
