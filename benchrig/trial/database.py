"""The dataset and the statement counters, asked of PostgreSQL on its own host.

The rig's session on that host runs them as PostgreSQL's superuser: no password, no open port.
"""

import json
from dataclasses import dataclass

from benchrig.contract.dataset import CHECKSUM_SQL, checksum
from benchrig.errors import BenchrigError
from benchrig.remote.rig import Rig

DATASET = "/var/lib/postgresql/benchrig-dataset.sql"
DATABASE, OWNER = "benchrig", "benchrig"
TABLES = 'brand, world, fortune, "World", "Fortune"'
SQL_SECONDS = 60.0

# Statements are told apart by the table they name: quoted or not, of whatever schema.
COUNTS_SQL = r"""
SELECT json_build_object(
    'reads', coalesce(sum(calls) FILTER (WHERE query ~* '^\s*select'), 0),
    'rows', coalesce(sum(rows) FILTER (WHERE query ~* '^\s*select'), 0),
    'writes', coalesce(sum(calls) FILTER (WHERE query ~* '^\s*update'), 0),
    'rows_written', coalesce(sum(rows) FILTER (WHERE query ~* '^\s*update'), 0)
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
    rows_written: int


def query(rig: Rig, sql: str) -> str:
    """Run SQL as PostgreSQL's superuser and return what it prints.

    Raises:
        BenchrigError: PostgreSQL does not run, or refuses the statement.
    """
    host = rig.inventory.one("postgres")
    message = {"ask": "sql", "database": DATABASE, "sql": sql}
    done = rig.sessions[host.name].ask(message, SQL_SECONDS)
    if done["exit"]:
        raise BenchrigError(
            f"PostgreSQL does not answer: {done['stderr'] or done['stdout']}",
            where=f"host '{host.name}', database '{DATABASE}'",
            way_out="run `ansible-playbook site.yml --tags postgresql`",
        )
    return str(done["stdout"])


def ensure_dataset(rig: Rig) -> bool:
    """Load the dataset anew where its rows are not those it was made with; tells whether it did.

    Raises:
        BenchrigError: it is not on the host, or is another one than this project's.
    """
    if query(rig, CHECKSUM_SQL) == checksum():
        return False
    host = rig.inventory.one("postgres")
    # Vacuumed now, and not by autovacuum in the middle of a measurement.
    query(rig, f"SET ROLE {OWNER};\n\\i {DATASET}\nVACUUM (ANALYZE) {TABLES};\n")
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


def rows_of(body: str) -> dict[int, int]:
    """The rows that an answer names: none where it is no list of rows."""
    try:
        return {row["id"]: row["randomNumber"] for row in json.loads(body)}
    except (ValueError, TypeError, KeyError):
        return {}
