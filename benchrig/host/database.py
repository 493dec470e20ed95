"""SQL run by PostgreSQL's superuser on its own host: no password, no open port."""

import subprocess
from typing import Any

# Not runuser or su: told to end, they give what they run two seconds more.
AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "env"]
QUIET = "PGOPTIONS=-cclient_min_messages=warning"
PSQL = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
SQL_SECONDS = 50.0  # the control node waits a little longer


def sql(request: dict[str, Any]) -> dict[str, Any]:
    """Run ``sql`` in ``database``; tells what psql printed and its exit code.

    Raises:
        subprocess.TimeoutExpired: PostgreSQL does not answer.
    """
    argv = [*AS_POSTGRES, QUIET, *PSQL, f"--dbname={request['database']}", "--file=-"]
    text = request["sql"]
    done = subprocess.run(
        argv,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        timeout=SQL_SECONDS,
    )
    return {"exit": done.returncode, "stdout": done.stdout.strip(), "stderr": done.stderr.strip()}
