"""A worker is killed in the middle, and its master starts another."""

from benchrig.selftest.case import Case, Injection, shell

CASE = Case(
    name="bad-worker-killed",
    kind="bad",
    summary="one of four workers is killed while the load runs",
    variant="flask-sync-4",
    injections=(
        Injection(
            group="app_servers",
            at="middle",
            do=(shell("kill -9 $(pgrep --newest --uid benchrig)"),),
        ),
    ),
)
