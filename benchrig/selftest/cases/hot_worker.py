"""Four processes behind nginx, one of which has much more to do."""

from benchrig.selftest.case import Case

CASE = Case(
    name="hot-worker",
    kind="injected",
    summary="one of four processes behind nginx burns 5 ms per request",
    expects=frozenset({"app-one-worker"}),
    via="nginx",
    processes=4,
    faulty=("--burn=0.005", "--hot-port=8000", "--all-cpus"),
)
