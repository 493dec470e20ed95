"""Tasks that take runs to other tools and back."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later
from benchrig.tasks.records import RUN

FIGURES = "of another tool's output: "


@task(
    auto_shortflags=False,
    help={
        "run": RUN,
        "output": "the file to write (default: results/exports/RUN.benchrig.tar.gz)",
    },
)
def bundle(_: Context, run: str, output: str = "") -> None:
    """Write a stored run as one file, for another rig to import."""
    command(later("exchange", "bundle"))(run, output)


@task(
    name="import",
    auto_shortflags=False,
    help={
        "file": "a bundle, TechEmpower's results.json, or what wrk, hey or ab printed; "
        "`--file` itself may be left out",
        "tool": "wrk, hey, ab or techempower (default: as the file tells)",
        "label": FIGURES + "what was measured (default: the file's name)",
        "workload": FIGURES + "what was asked of it (default: unknown)",
        "connections": FIGURES + "how many were open (default: unknown)",
    },
)
def import_(
    _: Context,
    file: str,
    tool: str = "",
    label: str = "",
    workload: str = "",
    connections: str = "",
) -> None:
    """Store a bundle, or another tool's figures, which stay marked as theirs."""
    what = (file, tool, label, workload, connections)
    command(later("exchange", "import_", "ImportOptions"))(*what)


@task(
    auto_shortflags=False,
    help={
        "run": RUN,
        "format": "csv, openmetrics, parquet, or techempower (results.json) (default: csv)",
        "output": "the file to write (default: named for the run, in results/exports)",
    },
)
def export(_: Context, run: str, format_: str = "csv", output: str = "") -> None:
    """Write a stored run for another tool to read."""
    command(later("exchange", "export"))(run, format_, output)


@task(
    auto_shortflags=False,
    help={"run": "names of runs or parts of them, commas between; `--run` itself may be left out"},
)
def replay(_: Context, run: str) -> None:
    """Put stored runs back into Prometheus, so that dashboards show them side by side."""
    command(later("replay", "replay"))(run)
