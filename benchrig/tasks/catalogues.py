"""Tasks that list what there is to choose from."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later


@task(auto_shortflags=False, help={"verbose": "the exact command line of each"})
def variants(_: Context, verbose: bool = False) -> None:
    """List the variants that can be measured."""
    command(later("stacks", "variants"))(verbose)


@task
def workloads(_: Context) -> None:
    """List the workloads."""
    command(later("stacks", "workloads"))()


@task
def drivers(_: Context) -> None:
    """List the load drivers, and what each can and can not measure."""
    command(later("drivers", "drivers"))()
