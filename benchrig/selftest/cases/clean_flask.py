"""Nothing put in: Flask with four workers."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-flask",
    kind="clean",
    summary="flask-sync-4, json",
    expects=frozenset({"app-cpu"}),
    variant="flask-sync-4",
)
