"""Threads that all wait."""

from benchrig.selftest.case import Case

CASE = Case(
    name="threads-waiting",
    kind="injected",
    summary="eight threads of four workers wait 50 ms per request",
    expects=frozenset({"concurrency"}),
    variant="flask-gthread-4x2",
    workload="sleep",
    parameters={"seconds": 0.05},
)
