"""One worker accepts all connections."""

from benchrig.selftest.case import Case

CASE = Case(
    name="uneven-accepts",
    kind="injected",
    summary="one of four workers accepts all connections, 2 ms of CPU per request",
    expects=frozenset({"accept-imbalance"}),
    faulty=("--workers=4", "--greedy", "--burn=0.002", "--all-cpus"),
)
