"""By what a comparison is judged: the rig's noise floors, and what was asked of it."""

from benchrig.compare.pairs import Outcome
from benchrig.stats.floor import FLOOR_LEAST
from benchrig.stats.interval import CONFIDENCE
from benchrig.store.noise import StoredCalibration, read_calibration
from benchrig.store.run import StoredRun
from benchrig.suite.comparison import MARGIN, Judgement
from benchrig.suite.record import ASKED_CONFIDENCE, ASKED_MARGIN, RIG, RunPlan


def floors_of(calibration: StoredCalibration | None) -> dict[Outcome, float]:
    """The floor of each outcome; without a calibration the least there can be."""
    if calibration is None:
        return dict.fromkeys(Outcome, FLOOR_LEAST)
    return {kind: calibration.floor(kind) for kind in Outcome}


def calibration_of(run: StoredRun, plan: RunPlan) -> StoredCalibration | None:
    """The noise of the rig that a stored run ran on, kept in the same results folder.

    Raises:
        BenchrigError: it is damaged or of a newer schema.
    """
    return read_calibration(run.path.parent, run.spec.rig or plan.asked.get(RIG, ""))


def stored_judgement(run: StoredRun, plan: RunPlan) -> Judgement:
    """How the run was judged when it was made, with the rig's noise as it is known now.

    Raises:
        BenchrigError: the rig's calibration can not be read.
    """
    return Judgement(
        floors_of(calibration_of(run, plan)),
        bool(run.spec.lab),
        float(plan.asked.get(ASKED_MARGIN, MARGIN)),
        float(plan.asked.get(ASKED_CONFIDENCE, CONFIDENCE)),
    )
