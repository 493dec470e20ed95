"""Two writes per answer on connections without TCP_NODELAY."""

from benchrig.selftest.case import Case

CASE = Case(
    name="no-nodelay",
    kind="injected",
    summary="head and body in two writes, no TCP_NODELAY",
    expects=frozenset({"delayed-ack"}),
    connections=16,
    faulty=("--split-writes",),
)
