"""Every lookup reads the whole table, as it would without its index."""

from benchrig.selftest.case import Case, Injection, shell

PSQL = "runuser -u postgres -- psql -qX -v ON_ERROR_STOP=1 -d benchrig -c"
SETTINGS = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan")
DO = "; ".join(f"{PSQL} 'ALTER ROLE benchrig SET {name} = off'" for name in SETTINGS)
UNDO = "; ".join(f"{PSQL} 'ALTER ROLE benchrig RESET {name}'" for name in SETTINGS)

CASE = Case(
    name="slow-sql",
    kind="injected",
    summary="20 lookups per request, each of which reads the whole table",
    expects=frozenset({"database"}),
    workload="queries",
    injections=(Injection(group="postgres", at="start", do=(shell(DO),), undo=(shell(UNDO),)),),
)
