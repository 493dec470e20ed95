"""Every request costs the app half a millisecond of CPU."""

from benchrig.selftest.case import Case

CASE = Case(
    name="app-cpu",
    kind="injected",
    summary="each request burns 0.5 ms of CPU",
    expects=frozenset({"app-cpu"}),
    faulty=("--burn=0.0005",),
)
