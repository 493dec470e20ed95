"""Tasks that take runs to other tools and back."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands import exchange
from benchrig.commands import replay as replay_command
from benchrig.commands.context import command


@task(
    auto_shortflags=False,
    help={
        "run": "name or part of it, or `last`",
        "output": "the file to write (default: RUN.benchrig.tar.gz here)",
    },
)
def bundle(_: Context, run: str, output: str = "") -> None:
    """Write a stored run as one file, for another rig to import."""
    command(exchange.bundle)(run, output)


@task(
    name="import",
    auto_shortflags=False,
    help={
        "file": "a bundle, TechEmpower's results.json, or what wrk, hey or ab printed",
        "tool": "wrk, hey, ab or techempower, where the file does not tell",
        "label": "of another tool's output: what was measured (default: the file's name)",
        "workload": "of another tool's output: what was asked of it",
        "connections": "of another tool's output: how many were open",
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
    options = exchange.ImportOptions(file, tool, label, workload, connections)
    command(exchange.import_)(options)


@task(
    auto_shortflags=False,
    help={
        "run": "name or part of it, or `last`",
        "format": "csv, openmetrics, parquet, or techempower (results.json)",
        "output": "the file to write (default: named for the run, here)",
    },
)
def export(_: Context, run: str, format_: str = "csv", output: str = "") -> None:
    """Write a stored run for another tool to read."""
    command(exchange.export)(run, format_, output)


@task(help={"run": "names or parts of them, or `last`, with commas between"})
def replay(_: Context, run: str) -> None:
    """Put stored runs back into Prometheus, so that dashboards show them side by side."""
    command(replay_command.replay)(run)
