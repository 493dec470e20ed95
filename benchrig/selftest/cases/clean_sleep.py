"""Nothing put in: an asynchronous app that waits."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-sleep",
    kind="clean",
    summary="quart-uvicorn waits 100 ms per request for 16 clients",
    expects=frozenset({"offered-load"}),
    variant="quart-uvicorn",
    workload="sleep",
    connections=16,
)
