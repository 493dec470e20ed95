"""Tasks on the lab's machines."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later


@task
def up(_: Context) -> None:
    """Boot the lab's machines on this box."""
    command(later("lab", "play"))("lab-up.yml")


@task
def down(_: Context) -> None:
    """Delete the lab's machines."""
    command(later("lab", "play"))("lab-down.yml")


@task
def status(_: Context) -> None:
    """Say which hosts answer."""
    command(later("lab", "status"))()
