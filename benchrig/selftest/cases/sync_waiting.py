"""Synchronous workers that all wait."""

from benchrig.selftest.case import Case

CASE = Case(
    name="sync-waiting",
    kind="injected",
    summary="four sync workers wait 50 ms per request",
    expects=frozenset({"concurrency"}),
    variant="wsgi-gunicorn-4",
    workload="sleep",
    parameters={"seconds": 0.05},
)
