"""Nothing put in: an app that uses PostgreSQL and has more to do than it."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-fortunes",
    kind="clean",
    summary="starlette-uvicorn, fortunes by the ORM",
    expects=frozenset({"app-cpu"}),
    variant="starlette-uvicorn",
    workload="fortunes-orm",
)
