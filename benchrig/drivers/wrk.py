"""wrk: closed loop, one connection one request at a time, very cheap per request."""

import re

from benchrig.drivers.base import LoadErrors, LoadRequest, LoadResult, UnreadableOutput

PATH = "/opt/benchrig/wrk/current/wrk"
SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
BYTES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}


def argv(request: LoadRequest) -> list[str]:
    """The command line of one phase."""
    headers = [part for key, value in request.headers.items() for part in ("-H", f"{key}: {value}")]
    return [
        PATH,
        "--latency",
        f"--threads={request.threads}",
        f"--connections={request.connections}",
        f"--duration={max(1, round(request.duration_seconds))}s",
        f"--timeout={max(1, round(request.timeout_seconds))}s",
        *headers,
        request.url,
    ]


def parse(output: str) -> LoadResult:
    """Read what wrk printed.

    Raises:
        UnreadableOutput: a line that must be there is not; it carries what was printed instead.

    """
    total = _match(r"(\d+) requests in ([\d.]+)(us|ms|s|m|h), ([\d.]+)([KMGT]?B) read", output)
    summary = _match(r"Latency\s+([\d.]+)(us|ms|s|m|h)\s+\S+\s+([\d.]+)(us|ms|s|m|h)", output)
    sockets = re.search(
        r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output
    )
    wrong_status = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    status = int(wrong_status.group(1)) if wrong_status else 0
    connect, read, write, timeout = map(int, sockets.groups()) if sockets else (0, 0, 0, 0)
    quantiles = re.findall(r"^\s+(\d+)%\s+([\d.]+)(us|ms|s|m|h)$", output, re.MULTILINE)
    return LoadResult(
        requests=int(total[1]) - status,
        duration_seconds=float(total[2]) * SECONDS[total[3]],
        bytes_read=round(float(total[4]) * BYTES[total[5]]),
        errors=LoadErrors(connect, read, write, timeout, status),
        latency_seconds={int(q) / 100: float(v) * SECONDS[unit] for q, v, unit in quantiles},
        latency_mean_seconds=float(summary[1]) * SECONDS[summary[2]],
        latency_max_seconds=float(summary[3]) * SECONDS[summary[4]],
    )


def _match(pattern: str, output: str) -> re.Match[str]:
    found = re.search(pattern, output)
    if not found:
        lines = output.strip().splitlines()
        raise UnreadableOutput(lines[-1] if lines else "nothing was printed")
    return found
