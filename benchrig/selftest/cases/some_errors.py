"""Two answers in a hundred are 503."""

from benchrig.selftest.case import Case

CASE = Case(
    name="some-errors",
    kind="injected",
    summary="two answers in a hundred are 503",
    expects=frozenset({"errors"}),
    faulty=("--errors=0.02", "--burn=0.0005"),
)
