"""Tasks on stored runs."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands import history as history_command
from benchrig.commands import records
from benchrig.commands import report as report_command
from benchrig.commands import site as site_command
from benchrig.commands.context import command


@task(auto_shortflags=False, help={"all": "every one, not only the newest twenty"})
def runs(_: Context, all_: bool = False) -> None:
    """List the stored runs, newest first."""
    command(records.runs)(all_)


@task(help={"run": "name or part of it, or `last`"})
def show(_: Context, run: str) -> None:
    """Show a stored run."""
    command(records.show)(run)


@task(auto_shortflags=False, help={"run": "name or part of it, `last`, or `all`"})
def rejudge(_: Context, run: str) -> None:
    """Compute figures and verdicts of a stored run again from its raw data."""
    command(records.rejudge)(run)


@task(
    auto_shortflags=False,
    help={
        "run": "name or part of it, or `last`",
        "format": "html (one offline file), md (for a pull request) or terminal",
        "output": "where to write it (default: report.html in the run's folder)",
        "against": "another run, to see beside this one",
    },
)
def report(
    _: Context, run: str, format_: str = "html", output: str = "", against: str = ""
) -> None:
    """Make the report of a stored run."""
    command(report_command.report)(run, format_, output, against)


@task(
    auto_shortflags=False,
    help={
        "output": "the folder to write (default: site in the results folder)",
        "floor": "changes of a cell up to here are noise, in percent: 2%",
    },
)
def site(_: Context, output: str = "", floor: str = "") -> None:
    """Write all stored runs as static pages, for a disk or any web server."""
    command(site_command.site)(output, floor)


@task(
    auto_shortflags=False,
    help={
        "cell": "variant/workload/level as the report names it, or a part that fits only one",
        "of": "throughput, or cpu (of the app for each request)",
        "floor": "changes up to here are noise, in percent: 2%",
    },
)
def history(_: Context, cell: str, of: str = "throughput", floor: str = "") -> None:
    """Show a cell over all stored runs, and the runs where it changed."""
    command(history_command.history)(cell, of, floor)


@task(
    auto_shortflags=False,
    help={
        "run": "the run to judge: name or part of it, or `last`",
        "against": "the run that sets the mark",
        "of": "throughput, or cpu (of the app for each request)",
        "floor": "differences up to here are noise, in percent: 2%",
        "junit": "write the judgements to this file as JUnit XML",
    },
)
def gate(
    _: Context,
    against: str,
    run: str = "last",
    of: str = "throughput",
    floor: str = "",
    junit: str = "",
) -> None:
    """Exit 4 where a run is slower than another beyond noise, 3 where that can not be told."""
    options = history_command.GateOptions(run, against, of, floor, junit)
    command(history_command.gate)(options)
