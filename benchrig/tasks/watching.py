"""Tasks that follow the run that is on."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later


@task
def live(_: Context) -> None:
    """Print the address of the live page, which follows the run that is on."""
    command(later("live", "live"))()


@task(
    auto_shortflags=False,
    help={"duration": "how long to watch: 30s, 5m (default: 0, until Ctrl-C)"},
)
def watch(_: Context, duration: str = "0") -> None:
    """Show the run that is on in the terminal, each second."""
    command(later("live", "watch"))(duration)
