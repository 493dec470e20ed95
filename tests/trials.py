"""Records of real injected trials, cut down to what the rules read: ``tests/golden/trials``.

    python -m tests.trials results/RUN

writes one for each case of a stored `fab selftest` run in which the case was named right.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from benchrig.selftest.cases import all_cases
from benchrig.selftest.trial import outcome
from benchrig.store.run import read_trial, trial_folders
from benchrig.trial.raw import RawTrial
from benchrig.trial.raw_counters import ProcessCounters, Snapshot, UnitCounters

GOLDEN = Path(__file__).parent / "golden" / "trials"
RAW = TypeAdapter(RawTrial)
THREADS = 3


def golden(case: str) -> RawTrial:
    """The record of one case."""
    return RAW.validate_json((GOLDEN / f"{case}.json").read_bytes())


def trimmed(raw: RawTrial) -> RawTrial:
    """Without what no rule reads: hosts that no request passes, other phases, most threads."""
    passed = {"loadgen", "app"} | ({"db"} if raw.plan.workload.tables else set())
    passed |= {"proxy"} if raw.plan.via == "nginx" else set()
    hosts = {host: moments for host, moments in raw.snapshots.items() if host in passed}
    return replace(
        raw,
        journal={},
        phases=[phase for phase in raw.phases if phase.name == "measure"],
        driver_runs=[run for run in raw.driver_runs if run.phase == "measure"],
        snapshots={h: {m: _snapshot(s) for m, s in found.items()} for h, found in hosts.items()},
    )


def _snapshot(snapshot: Snapshot) -> Snapshot:
    units = {name: _unit(unit) if unit else None for name, unit in snapshot.units.items()}
    return replace(snapshot, units=units, others=())


def _unit(unit: UnitCounters) -> UnitCounters:
    processes = tuple(_process(process) for process in unit.processes)
    return replace(unit, processes=processes)


def _process(process: ProcessCounters) -> ProcessCounters:
    return replace(
        process, command=process.command[:60], busiest_threads=process.busiest_threads[:THREADS]
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 5)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value


def main() -> None:
    """Write the records of one run's cases."""
    run = Path(sys.argv[1])
    order = json.loads((run / "selftest.json").read_text())
    for number, folder in trial_folders(run):
        case, raw = all_cases()[order[str(number)]], trimmed(read_trial(folder))
        if outcome(case, raw).right:
            text = json.dumps(_rounded(json.loads(RAW.dump_json(raw))), separators=(",", ":"))
            (GOLDEN / f"{case.name}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
