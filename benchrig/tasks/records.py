"""Tasks on stored runs."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later

RUN = "its name, a part of it that fits only one, or `last`; `--run` itself may be left out"
OUTCOME = "throughput (requests/s), or cpu (of the app for each request) (default: throughput)"
FLOOR = "{} up to so many percent are noise: 2% (default: what `fab calibrate` found)"


@task(auto_shortflags=False, help={"all": "every one (default: the newest 20)"})
def runs(_: Context, all_: bool = False) -> None:
    """List the stored runs, newest first."""
    command(later("runs", "runs"))(all_)


@task(auto_shortflags=False, help={"run": RUN})
def show(_: Context, run: str) -> None:
    """Show a stored run as it was shown when it ended."""
    command(later("records", "show"))(run)


@task(auto_shortflags=False, help={"run": RUN + "; `all` for every run"})
def rejudge(_: Context, run: str) -> None:
    """Compute figures and verdicts of a run again from its raw data."""
    command(later("records", "rejudge"))(run)


@task(
    auto_shortflags=False,
    help={
        "run": RUN,
        "format": "html (one offline file), md (for a pull request) or terminal (default: html)",
        "output": "the file to write (default: report.FORMAT in the run's folder)",
        "against": "another run, to see beside this one (default: none)",
    },
)
def report(
    _: Context, run: str, format_: str = "html", output: str = "", against: str = ""
) -> None:
    """Make the report of a stored run."""
    command(later("report", "report"))(run, format_, output, against)


@task(
    auto_shortflags=False,
    help={
        "output": "the folder to write (default: site in the results folder)",
        "floor": FLOOR.format("changes of a cell"),
    },
)
def site(_: Context, output: str = "", floor: str = "") -> None:
    """Write all stored runs as static pages, for a disk or any web server."""
    command(later("site", "site"))(output, floor)


@task(
    auto_shortflags=False,
    help={
        "cell": "variant/workload/level as a report names it, or a part that fits only one "
        "(default: list the cells)",
        "of": OUTCOME,
        "floor": FLOOR.format("changes"),
        "all": "list every cell (default: the newest 40)",
    },
)
def history(
    _: Context, cell: str = "", of: str = "throughput", floor: str = "", all_: bool = False
) -> None:
    """Show a cell over all stored runs, and the runs where it changed."""
    command(later("history", "history"))(cell, of, floor, all_)


@task(
    auto_shortflags=False,
    help={
        "run": "the run to judge, as `fab runs` names it (default: last)",
        "against": "the run that sets the mark: its name or a part of it",
        "of": OUTCOME,
        "floor": FLOOR.format("differences"),
        "junit": "write the judgements to this file as JUnit XML (default: nowhere)",
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
    """Judge a run against another: exit 4 if slower, 3 if that can not be told."""
    command(later("gate", "gate", "GateOptions"))(run, against, of, floor, junit)
