"""Connections cut without an answer."""

from benchrig.selftest.case import Case

CASE = Case(
    name="bad-shed",
    kind="bad",
    summary="one request in twenty is cut off",
    faulty=("--shed=0.05",),
)
