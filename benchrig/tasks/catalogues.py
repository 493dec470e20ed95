"""Tasks that list what there is to choose from."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands import drivers as drivers_command
from benchrig.commands import stacks
from benchrig.commands.context import command


@task(auto_shortflags=False, help={"verbose": "the exact command line of each"})
def variants(_: Context, verbose: bool = False) -> None:
    """List the variants that can be measured."""
    command(stacks.variants)(verbose)


@task
def workloads(_: Context) -> None:
    """List the workloads."""
    command(stacks.workloads)()


@task
def drivers(_: Context) -> None:
    """List the load drivers, and what each can and can not measure."""
    command(drivers_command.drivers)()
