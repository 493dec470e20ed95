"""One client at a time."""

from benchrig.selftest.case import Case

CASE = Case(
    name="few-clients",
    kind="injected",
    summary="two clients for an app that waits 20 ms per request",
    expects=frozenset({"offered-load"}),
    workload="sleep",
    connections=2,
    parameters={"seconds": 0.02},
)
