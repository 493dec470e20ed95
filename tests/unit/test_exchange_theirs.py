"""What other tools read of ours and we of theirs, on real files.

The parser of TechEmpower's results site (tfb-status, `Results.java`) is Jackson over a class; what
it demands of a results.json is put down here as a JSON Schema. Jackson takes no fraction for a
whole number, and fields that it does not know are passed over.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from benchrig.errors import BenchrigError
from benchrig.report import techempower
from benchrig.store import foreign
from benchrig.store.derived import derived_of
from benchrig.store.run import read_run
from tests.factories import GOLDEN
from tests.synthetic import Made, make_run

WHOLE: dict[str, Any] = {"type": "integer", "minimum": 0}
TEXT: dict[str, Any] = {"type": "string"}
TYPES = ("json", "plaintext", "db", "query", "update", "fortune", "cached_query")
EXECUTION = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("totalRequests", "5xx", "write", "read", "connect"), WHOLE),
        **dict.fromkeys(("latencyAvg", "latencyMax", "latencyStdev"), TEXT),
    },
}
NAMES = {"type": "object", "additionalProperties": {"type": "array", "items": TEXT}}
BY_FRAMEWORK = {"type": "object", "additionalProperties": {"type": "array", "items": EXECUTION}}
REQUIRED = ["duration", "frameworks", "completed", "succeeded", "failed", "rawData"]
REQUIRED += ["queryIntervals", "concurrencyLevels"]
RESULTS = {
    "type": "object",
    "required": REQUIRED,
    "properties": {
        **dict.fromkeys(("uuid", "name", "environmentDescription"), TEXT),
        **dict.fromkeys(("startTime", "completionTime"), WHOLE),
        "duration": {"type": "integer", "minimum": 1},  # they divide by it
        "frameworks": {"type": "array", "items": TEXT},
        "completed": {"type": "object", "additionalProperties": TEXT},
        "succeeded": NAMES,
        "failed": NAMES,
        "rawData": {"type": "object", "properties": dict.fromkeys(TYPES, BY_FRAMEWORK)},
        "queryIntervals": {"type": "array", "items": WHOLE},
        "concurrencyLevels": {"type": "array", "items": WHOLE},
        "git": {
            "type": "object",
            "required": ["commitId", "repositoryUrl"],
            "properties": dict.fromkeys(("commitId", "repositoryUrl", "branchName"), TEXT),
        },
    },
}
# Of these runs the tools printed an error and no figure.
UNREADABLE = {("wrk", "refused"), ("ab", "500"), ("ab", "garbage"), ("ab", "hang")}
PRINTED = sorted(p for tool in ("wrk", "hey", "ab") for p in (GOLDEN / tool).glob("*.txt"))


def exported(tmp_path: Path, cells: list[Made], seconds: float = 2.0) -> dict[str, Any]:
    """A run as results.json."""
    path = make_run(tmp_path, cells, repeats=3, seconds=seconds)
    run = read_run(path)
    made = techempower.export(run.spec, run.environment, derived_of(path).trials, {})
    found: dict[str, Any] = json.loads(made.text)
    return found


@pytest.mark.parametrize("seconds", [0.4, 1.0, 2.5])
def test_their_sites_parser_takes_what_we_export(tmp_path: Path, seconds: float) -> None:
    cells = [Made("aiohttp", 900.0, 1e-4, n, kind) for n in (16, 64) for kind in ("json", "db")]
    told = exported(tmp_path, cells, seconds)
    faults = [fault.message for fault in Draft202012Validator(RESULTS).iter_errors(told)]
    assert faults == []


def test_their_ranking_of_our_file_gives_our_rate(tmp_path: Path) -> None:
    told = exported(tmp_path, [Made("aiohttp", 9000.0, 1e-4, n) for n in (16, 64)])
    executions = told["rawData"]["json"]["aiohttp"]
    best = max(each["totalRequests"] - each.get("5xx", 0) for each in executions)
    assert best / told["duration"] == pytest.approx(9000, rel=0.1)


@pytest.mark.parametrize("file", PRINTED, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_what_a_tool_printed_is_read_or_refused_by_name(tmp_path: Path, file: Path) -> None:
    tool = file.parent.name
    about = foreign.Foreign(tool, "old box", "json", 10)
    if (tool, file.stem) in UNREADABLE:
        with pytest.raises(BenchrigError, match=f"{file.name}: is not what {tool} writes"):
            foreign.store(file, tmp_path, about)
        assert list(tmp_path.iterdir()) == []
        return
    (trial,) = derived_of(foreign.store(file, tmp_path, about)).trials
    assert (trial.grade, trial.origin) == ("theirs", tool)
    assert trial.client
    assert trial.client.requests >= 0
    assert trial.duration_seconds > 0


def test_trials_of_another_duration_are_left_out_and_told(tmp_path: Path) -> None:
    path = make_run(tmp_path, [Made("aiohttp", 900.0, 1e-4)], seconds=2.5)
    run = read_run(path)
    made = techempower.export(run.spec, run.environment, derived_of(path).trials, {})
    assert json.loads(made.text)["frameworks"] == []
    assert made.left_out == (
        "trial 1, aiohttp/json/c64: it measured for 2.5 s; their file has one duration, here 1 s",
    )
