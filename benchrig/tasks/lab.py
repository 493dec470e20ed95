"""Tasks on the lab's machines."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands import lab as lab_command
from benchrig.commands.context import command


@task
def up(_: Context) -> None:
    """Boot the lab's machines on this box."""
    command(lab_command.play)("lab-up.yml")


@task
def down(_: Context) -> None:
    """Delete the lab's machines."""
    command(lab_command.play)("lab-down.yml")


@task
def status(_: Context) -> None:
    """Say which hosts answer."""
    command(lab_command.status)()
