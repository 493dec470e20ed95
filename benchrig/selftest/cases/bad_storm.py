"""Nearly all answers are 503."""

from benchrig.selftest.case import Case

CASE = Case(
    name="bad-5xx-storm",
    kind="bad",
    summary="99 answers in a hundred are 503",
    faulty=("--errors=0.99",),
)
