"""A driver that costs more CPU per request than the server."""

from benchrig.selftest.case import Case

CASE = Case(
    name="busy-generator",
    kind="injected",
    summary="locust, at one core, asks a server that is far cheaper",
    expects=frozenset({"load-generator"}),
    variant="asgi-granian",
    workload="plaintext",
    driver="locust",
    seconds=4.0,
)
