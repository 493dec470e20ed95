"""What PostgreSQL's backends do while a load runs: one psql that asks again and again."""

import json
import subprocess
from typing import Any

from benchrig.host.database import AS_POSTGRES, PSQL, QUIET, sql

# pg_stat_statements counts at the end of each statement, in shared memory: no lag, unlike
# pg_stat_database, which backends bring up to date once a second at most. Connections of a pool
# that this workload leaves alone (raw SQL's, beside the ORM's) do not count: nobody waits for them.
LOOK = """
SELECT json_build_object(
  'unix', extract(epoch FROM clock_timestamp()),
  'connected', count(*) FILTER (
    WHERE state <> 'idle' OR state_change > clock_timestamp() - interval '5 s'),
  'active', count(*) FILTER (WHERE state = 'active'),
  'waiting_for_lock', count(*) FILTER (WHERE state = 'active' AND wait_event_type = 'Lock'),
  'waiting_otherwise',
    count(*) FILTER (WHERE state = 'active' AND wait_event_type NOT IN ('Lock', 'Client')),
  'idle_in_transaction', count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
  'statements', (SELECT coalesce(sum(calls), 0) FROM pg_stat_statements(false) AS s
    JOIN pg_database AS d ON d.oid = s.dbid WHERE d.datname = current_database()),
  'statement_seconds',
    (SELECT coalesce(sum(total_exec_time), 0) / 1e3 FROM pg_stat_statements(false) AS s
    JOIN pg_database AS d ON d.oid = s.dbid WHERE d.datname = current_database())
)
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname = current_database()
  AND client_addr IS NOT NULL
"""
_running: list[tuple["subprocess.Popen[str]", str]] = []
END_SECONDS = 5.0


def begin(request: dict[str, Any]) -> dict[str, bool]:
    """Look at ``database`` every ``interval_seconds`` until `end`."""
    while _running:  # of a trial that could not end it
        _running.pop()[0].kill()
    argv = [*AS_POSTGRES, QUIET, *PSQL, f"--dbname={request['database']}", "--file=-"]
    pipe = subprocess.PIPE
    looking = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd="/")
    if looking.stdin:
        looking.stdin.write(f"{LOOK} \\watch {request['interval_seconds']:g}\n")
        looking.stdin.flush()
    _running.append((looking, request["database"]))
    return {"begun": True}


def end(_: dict[str, Any]) -> dict[str, Any]:
    """Look once more, so that no statement is missed, and then no more.

    Tells every sample, and what psql complained of.
    """
    if not _running:
        return {"samples": [], "stderr": ""}
    looking, database = _running.pop()
    looking.terminate()
    try:
        stdout, stderr = looking.communicate(timeout=END_SECONDS)
    except subprocess.TimeoutExpired:
        looking.kill()
        stdout, stderr = looking.communicate()
    last = sql({"database": database, "sql": LOOK})
    lines = [line for line in [*stdout.splitlines(), last["stdout"]] if line.startswith("{")]
    complaints = (stderr + last["stderr"]).strip()[:500]
    return {"samples": [json.loads(line) for line in lines], "stderr": complaints}
