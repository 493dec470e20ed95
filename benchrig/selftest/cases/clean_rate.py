"""Nothing put in: a low constant rate."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-rate",
    kind="clean",
    summary="aiohttp at 100 requests/s",
    expects=frozenset({"offered-load"}),
    variant="aiohttp",
    rate_per_second=100.0,
)
