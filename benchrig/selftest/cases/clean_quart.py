"""Nothing put in: Quart."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-quart",
    kind="clean",
    summary="quart, json",
    expects=frozenset({"app-cpu"}),
    variant="quart",
)
