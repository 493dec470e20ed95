"""TechEmpower's ``results.json``, read; `benchrig.report.techempower` writes it.

Its shape is that of the Results class in ``toolset/utils/results.py`` of TechEmpower's repository:
``rawData`` holds, for each test type and framework, one result for each level in order.
"""

import json
import re
from typing import Any

from benchrig.store.summary import THEIRS, ClientSummary, TrialSummary, printable
from benchrig.units import SECONDS

ORIGIN = "techempower"
# Their type: our workload, and which of their lists says what is swept.
TYPES = {
    "json": ("json", "concurrencyLevels"),
    "db": ("db", "concurrencyLevels"),
    "query": ("queries", "queryIntervals"),
    "cached_query": ("cached-queries", "cachedQueryIntervals"),
    "fortune": ("fortunes", "concurrencyLevels"),
    "update": ("updates", "queryIntervals"),
    "plaintext": ("plaintext-pipelined", "pipelineConcurrencyLevels"),
}
ERRORS = {"connect": "connect", "read": "read", "write": "write", "timeout": "timeout"}
RESULTS_MAX = 100_000


def is_results(text: str) -> bool:
    """Whether a file is one of theirs."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and isinstance(told.get("rawData"), dict)


def began(content: bytes) -> float:
    """When their run began."""
    return float(json.loads(content)["startTime"]) / 1000


def read(told: dict[str, Any]) -> tuple[TrialSummary, ...]:
    """Every result in it.

    Their rate is requests less server errors over the nominal duration, as in their ranking.

    Raises:
        KeyError, TypeError, ValueError: it is not of their shape.
    """
    trials: list[TrialSummary] = []
    float(told["startTime"])
    for kind, (workload, levels) in TYPES.items():
        for framework, results in told["rawData"].get(kind, {}).items():
            if len(results) > len(told[levels]):
                raise ValueError(f"{framework}, {kind}: more results than levels")
            for level, result in zip(told[levels], results, strict=False):
                if result and result.get("totalRequests"):
                    place = (len(trials) + 1, framework, workload, levels, int(level))
                    trials.append(_trial(told, result, *place))
                if len(trials) > RESULTS_MAX:
                    raise ValueError(f"more than {RESULTS_MAX} results")
    if not trials:
        raise ValueError("no result is in it")
    return tuple(trials)


def _trial(
    told: dict[str, Any],
    result: dict[str, Any],
    number: int,
    framework: str,
    workload: str,
    levels: str,
    level: int,
) -> TrialSummary:
    swept_queries = "query" in levels.lower()
    connections = max(map(int, told["concurrencyLevels"])) if swept_queries else level
    parameters = {"queries": float(level)} if swept_queries else {}
    name = printable(framework)
    middle = f"/queries={level}" if swept_queries else ""
    return TrialSummary(
        trial=number,
        begin_unix=float(result.get("startTime", 0.0)),
        cell=f"{name}/{workload}{middle}/c{connections}/{ORIGIN}",
        variant=name,
        app="",
        server="",
        workload=workload,
        via="",
        driver="wrk",
        connections=connections,
        duration_seconds=float(told["duration"]),
        origin=ORIGIN,
        parameters=parameters,
        grade=THEIRS,
        client=_client(result, float(told["duration"])),
    )


def _client(result: dict[str, Any], seconds: float) -> ClientSummary:
    failed = int(result.get("5xx", 0))
    answered = int(result["totalRequests"]) - failed
    errors = {ours: int(result[key]) for key, ours in ERRORS.items() if result.get(key)}
    return ClientSummary(
        requests=answered,
        errors=errors | ({"status": failed} if failed else {}),
        requests_per_second=answered / seconds,
        bytes_per_second=0.0,
        quantiles_seconds={},
        mean_seconds=_seconds(result.get("latencyAvg", "")),
        max_seconds=_seconds(result.get("latencyMax", "")),
    )


def _seconds(text: str) -> float:
    """What wrk printed; 0 where it is not told."""
    found = re.fullmatch(r"([\d.]+)(us|ms|s|m|h)", str(text))
    return float(found.group(1)) * SECONDS[found.group(2)] if found else 0.0
