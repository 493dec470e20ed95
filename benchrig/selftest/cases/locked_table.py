"""Somebody else locks the table for most of the time."""

from benchrig.selftest.case import Case, Injection, shell

PSQL = "runuser -u postgres -- psql -qX -d benchrig"
HOLD = "BEGIN; LOCK TABLE world IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(0.3); COMMIT;"
LOOP = f"while :; do echo '{HOLD}'; sleep 0.05; done | {PSQL}"

CASE = Case(
    name="locked-table",
    kind="injected",
    summary="another session locks the table for 0.3 s at a time",
    expects=frozenset({"database"}),
    workload="db",
    injections=(
        Injection(
            group="postgres",
            at="load",
            do=(("systemd-run", "--quiet", "--collect", "--unit=benchrig-locks", *shell(LOOP)),),
            undo=(("systemctl", "stop", "benchrig-locks.service"),),
        ),
    ),
)
