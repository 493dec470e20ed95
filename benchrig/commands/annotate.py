"""Notes of a trial in Grafana, left after it has ended so that they never disturb it."""

from benchrig.commands import context
from benchrig.grafana import Annotations, Note, password_of
from benchrig.remote.rig import Rig
from benchrig.trial.raw import RawTrial

LOAD_PHASES = ("primer", "warm-up", "measure")


def notes_of(raw: RawTrial) -> list[Note]:
    """One note for the trial and one for each of its phases that sent load."""
    plan = raw.plan
    tags = (raw.run_id, plan.variant.name, plan.workload.name)
    what = f"{plan.variant.name}, {plan.workload.name}, trial {raw.number} of {raw.run_id}"
    phases = [phase for phase in raw.phases if phase.name in LOAD_PHASES]
    if not phases:
        return []
    whole = Note(what, ("trial", *tags), raw.begin_unix, raw.phases[-1].end_unix)
    return [
        whole,
        *(Note(f"{p.name}: {what}", (p.name, *tags), p.begin_unix, p.end_unix) for p in phases),
    ]


def note_trial(rig: Rig, raw: RawTrial) -> str:
    """Leave the notes; returns why not, empty when all is well or no Grafana was set up."""
    host = rig.inventory.one("monitoring")
    password = password_of(context.inventory_folder())
    offset = rig.clock_offsets[host.name]
    with Annotations(rig.remote(host), host.address, password, offset) as annotations:
        for note in notes_of(raw):
            annotations.add(note)
    return annotations.trouble
