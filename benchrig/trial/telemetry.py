"""Host-side series of a trial, from Prometheus."""

from benchrig.remote.rig import Rig
from benchrig.trial.raw import Fault, RawTrial

PROMETHEUS_PORT = 9090


def missing(rig: Rig, raw: RawTrial) -> list[Fault]:
    """What Prometheus does not know of the measure phase, one fault each."""
    measured = next((p for p in raw.phases if p.name == "measure"), None)
    if measured is None:
        return []
    host = rig.inventory.one("monitoring")
    query = {"query": "up", "start": measured.begin_unix, "end": measured.end_unix, "step": 1}
    try:
        answer = rig.remote(host).http_json(host.address, PROMETHEUS_PORT, "query_range", query)
    except OSError as error:
        what = f"Prometheus does not answer ({error}): the trial has no telemetry"
        return [Fault(f"host '{host.name}'", what, fatal=False)]
    faults = []
    for series in answer["data"]["result"]:
        down = sum(1 for _, value in series["values"] if value == "0")
        if down:
            labels = series["metric"]
            scrapes = f"{down} of {len(series['values'])} scrapes"
            what = f"exporter {labels['job']} gave nothing in {scrapes}"
            faults.append(Fault(f"host '{labels['host']}'", what, fatal=False))
    return faults
