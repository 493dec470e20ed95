"""One connection to PostgreSQL for all requests."""

from benchrig.selftest.case import Case

CASE = Case(
    name="pool-of-one",
    kind="injected",
    summary="20 queries per request and a pool of one connection",
    expects=frozenset({"db-pool"}),
    workload="queries",
    settings={"pool_size": 1},
)
