"""A stored run's wall time over the time it sent load.

    python benchmarks/rig_time.py [RUN ...]

Sent load: primer, warm-up and measure of every trial, as long as planned, or shorter where a count
of requests ended it. The rest is the rig's: checks, what is read and stored, and starts, of which
most is the server's own, so that it is told apart. Start of Python, connecting and the report
before and after the run are left out.

Without a run: the last one. Exits 1 when a run of levels of 10 s and more took over 1.15 times its
load. A run that was interrupted is refused: its pause was nobody's time.
"""

import argparse
import statistics
import sys

from benchrig.commands import context
from benchrig.store.run import FINISHED, find_run, read_run
from benchrig.trial.raw import RawTrial

RATIO_MAX, FROM_SECONDS = 1.15, 10.0


def main() -> int:
    """Tell each run's ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="*", metavar="RUN", default=["last"])
    return max(_judged(name) for name in parser.parse_args().runs)


def _load_seconds(raw: RawTrial) -> float:
    took = {phase.name: phase.end_unix - phase.begin_unix for phase in raw.phases}
    return sum(
        min(request.duration_seconds, took.get(name, 0.0)) for name, _, request in raw.plan.phases()
    )


def _judged(name: str) -> int:
    run = read_run(find_run(context.results_directory(), name))
    if run.status != "complete":
        sys.exit(f"{run.spec.run_id} is {run.status}: its wall time means nothing")
    end = FINISHED.validate_json((run.path / "finished.json").read_bytes()).end_unix
    wall = end - run.spec.begin_unix
    load = sum(_load_seconds(trial) for trial in run.trials)
    least = min(trial.plan.level.duration_seconds for trial in run.trials)
    each = (wall - load) / len(run.trials)
    start = statistics.median(trial.start_seconds for trial in run.trials)
    print(
        f"{run.spec.run_id}: {len(run.trials)} trials, load {load:.0f} s, wall {wall:.0f} s: "
        f"{wall / load:.3f} times, {each:.2f} s beside each trial's load, "
        f"{start:.2f} s of it until the app answered"
    )
    return int(wall / load > RATIO_MAX and least >= FROM_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
