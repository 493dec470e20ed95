"""The dataset and the statement counters, asked of PostgreSQL on its own host.

psql runs there as the system user of PostgreSQL's superuser, over SSH: no password, no open port.
"""

import json
from dataclasses import dataclass

from benchrig.contract.dataset import CHECKSUM_SQL, checksum
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig

DATASET = "/var/lib/postgresql/benchrig-dataset.sql"
DATABASE, OWNER = "benchrig", "benchrig"
PSQL = ["runuser", "--user", "postgres", "--", "env", "PGOPTIONS=-c client_min_messages=warning"]
PSQL += ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
PSQL += ["--set=ON_ERROR_STOP=1", f"--dbname={DATABASE}"]

# Statements are told apart by the table they name: quoted or not, of whatever schema.
COUNTS_SQL = r"""
SELECT json_build_object(
    'reads', coalesce(sum(calls) FILTER (WHERE query ~* '^\s*select'), 0),
    'rows', coalesce(sum(rows) FILTER (WHERE query ~* '^\s*select'), 0),
    'writes', coalesce(sum(calls) FILTER (WHERE query ~* '^\s*update'), 0)
)
FROM pg_stat_statements JOIN pg_database AS d ON d.oid = dbid
WHERE d.datname = current_database() AND query ~* '\m{table}\M'
"""


@dataclass(frozen=True)
class Counts:
    """What PostgreSQL counted of one table's statements since they were last reset."""

    reads: int
    rows: int
    writes: int


def query(rig: Rig, sql: str) -> str:
    """Run SQL as PostgreSQL's superuser and return what it prints.

    Raises:
        BenchrigError: PostgreSQL does not run, or refuses the statement.

    """
    return rig.remote(rig.inventory.one("postgres")).run(PSQL, input_text=sql).strip()


def ensure_dataset(rig: Rig) -> bool:
    """Load the dataset anew where its rows are not those it was made with; tells whether it did.

    Raises:
        BenchrigError: it is not on the host, or is another one than this project's.

    """
    if query(rig, CHECKSUM_SQL) == checksum():
        return False
    host = rig.inventory.one("postgres")
    load = [f"--command=SET ROLE {OWNER}", f"--file={DATASET}"]
    rig.remote(host).run([*PSQL, *load])
    if query(rig, CHECKSUM_SQL) != checksum():
        raise BenchrigError(
            "the dataset, loaded anew, is not the one this project's contract knows",
            where=f"host '{host.name}', {DATASET}",
            way_out="run `ansible-playbook site.yml --tags postgresql`",
        )
    return True


def reset_counts(rig: Rig) -> None:
    """Count statements from zero."""
    query(rig, "SELECT pg_stat_statements_reset()")


def counts(rig: Rig, table: str) -> Counts:
    """Statements on one table since `reset_counts`."""
    return Counts(**json.loads(query(rig, COUNTS_SQL.replace("{table}", table))))


def world(rig: Rig) -> dict[int, int]:
    """Every row of World as it is now."""
    rows = query(rig, "SELECT json_object_agg(id, randomnumber) FROM world")
    return {int(row): int(number) for row, number in json.loads(rows).items()}
