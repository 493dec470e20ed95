"""The app is restarted in the middle."""

from benchrig.selftest.case import Case, Injection, shell

CASE = Case(
    name="bad-restarted",
    kind="bad",
    summary="the app's unit is restarted while the load runs",
    injections=(
        Injection(
            group="app_servers",
            at="middle",
            do=(shell("systemctl restart 'benchrig-app@*.service'"),),
        ),
    ),
)
