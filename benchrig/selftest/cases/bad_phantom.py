"""A driver that counts answers which nobody gave."""

import json
import re
from dataclasses import replace

from benchrig.drivers import live
from benchrig.selftest.case import Case
from benchrig.trial.raw import DriverRun, RawTrial

TIMES = 2


def spoil(raw: RawTrial) -> RawTrial:
    """Twice as many answers as there were, in the driver's own record."""
    return replace(raw, driver_runs=[_spoilt(run) for run in raw.driver_runs])


def _spoilt(run: DriverRun) -> DriverRun:
    if run.phase != "measure":
        return run
    if live.LIVE_FILE not in run.files:
        counted = re.sub(r"\d+(?= requests in)", lambda n: str(int(n[0]) * TIMES), run.stdout)
        return replace(run, stdout=counted)
    lines = [json.loads(line) for line in run.files[live.LIVE_FILE].splitlines()]
    for line in lines:
        if line["type"] == "start":
            continue
        line["requests"] *= TIMES
        for status in line["status"]:
            line["status"][status] *= TIMES
        if line["type"] == "final":
            line["hist"]["slots"] = [[slot, n * TIMES] for slot, n in line["hist"]["slots"]]
    text = "\n".join(json.dumps(line) for line in lines)
    return replace(run, files={**run.files, live.LIVE_FILE: text})


CASE = Case(
    name="bad-phantom",
    kind="bad",
    summary="the driver counts two answers for each it got",
    variant="aiohttp",
    spoil=spoil,
)
