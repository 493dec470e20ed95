"""A blocking wait in an asynchronous handler."""

from benchrig.selftest.case import Case

CASE = Case(
    name="loop-blocked",
    kind="injected",
    summary="a handler sleeps 20 ms and blocks its event loop",
    expects=frozenset({"event-loop-blocked"}),
    workload="sleep-blocking",
    parameters={"seconds": 0.02},
)
