"""The rig's tasks. `fab --list` shows them, `fab --help TASK` tells their options."""

from invoke.collection import Collection
from invoke.context import Context
from invoke.tasks import task

from benchrig.commands import bench as bench_command
from benchrig.commands import calibrate_driver as calibrate_command
from benchrig.commands import drivers as drivers_command
from benchrig.commands import exchange, locust_page, records, stacks
from benchrig.commands import history as history_command
from benchrig.commands import lab as lab_command
from benchrig.commands import live as live_command
from benchrig.commands import replay as replay_command
from benchrig.commands import report as report_command
from benchrig.commands import selftest as selftest_command
from benchrig.commands import site as site_command
from benchrig.commands import verify as verify_command
from benchrig.commands.analyses import advise, capacity, compare, noise, ramp, suite, sweep
from benchrig.commands.context import command


@task(
    auto_shortflags=False,
    iterable=["set_"],
    help={
        "variant": "what to run; `fab variants` lists them",
        "workload": "what to ask of it; `fab workloads` lists them",
        "driver": "load tool; `fab drivers` lists them (default: wrk, or websocket)",
        "connections": "connections held open, over all load generators (default: the workload's)",
        "threads": "threads of the driver (default: the load generator's CPUs)",
        "duration": "how long to measure: 15s, 2m",
        "warmup": "how long to warm up before: 5s, or 0",
        "requests": "stop after so many requests, for drivers that count (hey, ab)",
        "rate": "open loop: requests per second that fall due, whatever the server does",
        "rate_to": "open loop: the rate moves from --rate to this on a straight line",
        "spawn_rate": "users added per second, for drivers that add users (locust)",
        "workers": "worker processes of the server (default: the variant's)",
        "set": "name=value of a parameter of the workload or a setting of the variant; repeatable",
        "via": "direct, or nginx in front (default: the variant's)",
        "repeats": "fresh starts, each measured once",
        "runtime_signals": "look inside the app's processes too: event loop, tasks, pool, GC",
    },
)
def bench(
    _: Context,
    variant: str = "",
    workload: str = "json",
    driver: str = "",
    connections: str = "",
    threads: str = "",
    duration: str = "15s",
    warmup: str = "5s",
    requests: str = "",
    rate: str = "",
    rate_to: str = "",
    spawn_rate: str = "",
    workers: str = "",
    set_: list[str] | None = None,
    via: str = "",
    repeats: str = "1",
    runtime_signals: bool = False,
) -> None:
    """Measure one variant: start it, verify it, load it, say what it did and what it cost."""
    options = bench_command.BenchOptions(
        variant=variant,
        workload=workload,
        driver=driver,
        connections=connections,
        threads=threads,
        duration=duration,
        warmup=warmup,
        requests=requests,
        rate=rate,
        rate_to=rate_to,
        spawn_rate=spawn_rate,
        workers=workers,
        settings=tuple(set_ or ()),
        via=via,
        repeats=repeats,
        runtime_signals=runtime_signals,
    )
    command(bench_command.bench)(options)


@task(auto_shortflags=False, help={"verbose": "the exact command line of each"})
def variants(_: Context, verbose: bool = False) -> None:
    """List the variants that can be measured."""
    command(stacks.variants)(verbose)


@task(
    auto_shortflags=False,
    help={
        "variant": "which one; `fab variants` lists them",
        "workload": "only this one of what it offers",
        "all": "every variant and every workload it offers",
        "fast": "only the checks that are made before each load",
        "document": "bring docs/verified.md up to date with what is found",
    },
)
def verify(
    _: Context,
    variant: str = "",
    workload: str = "",
    all_: bool = False,
    fast: bool = False,
    document: bool = False,
) -> None:
    """Check that variants answer rightly, without load: the whole contract."""
    options = verify_command.VerifyOptions(variant, workload, all_, fast, document)
    command(verify_command.verify)(options)


@task(
    auto_shortflags=False,
    help={
        "only": "names of cases, with commas between; `--list` tells them",
        "repeats": "trials of each case",
        "seed": "of the order of trials",
        "list": "tell the cases and run nothing",
    },
)
def selftest(
    _: Context, only: str = "", repeats: str = "1", seed: str = "1", list_: bool = False
) -> None:
    """Put bottlenecks into the rig on purpose and see whether each is named; all is undone."""
    options = selftest_command.SelftestOptions(only, repeats, seed, list_)
    command(selftest_command.selftest)(options)


@task
def drivers(_: Context) -> None:
    """List the load drivers, and what each can and can not measure."""
    command(drivers_command.drivers)()


@task(
    auto_shortflags=False,
    iterable=["driver", "connections"],
    help={
        "driver": "which; repeatable (default: all that speak HTTP)",
        "connections": "open at once, over all load generators; repeatable (default: 16, 64, 256)",
        "duration": "how long to load nginx for each",
        "repeats": "how often; the highest counts",
    },
)
def calibrate_driver(
    _: Context,
    driver: list[str],
    connections: list[str],
    duration: str = "2s",
    repeats: str = "2",
) -> None:
    """Find the load generators' ceiling; later trials near it are invalid."""
    options = calibrate_command.CalibrateOptions(
        tuple(driver), tuple(connections) or ("16", "64", "256"), duration, repeats
    )
    command(calibrate_command.driver)(options)


@task(
    auto_shortflags=False,
    help={
        "variant": "what to run; `fab variants` lists them",
        "workload": "what to ask of it; `fab workloads` lists them",
        "users": "how many the page proposes",
    },
)
def locust(_: Context, variant: str = "", workload: str = "json", users: str = "10") -> None:
    """Start a variant under Locust's own web page, until Ctrl-C."""
    command(locust_page.page)(variant, workload, users)


@task
def workloads(_: Context) -> None:
    """List the workloads."""
    command(stacks.workloads)()


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


@task
def live(_: Context) -> None:
    """Print the address of the live page, which follows the run that is on."""
    command(live_command.live)()


@task(
    auto_shortflags=False,
    help={"duration": "how long to watch: 30s, 5m; 0 until Ctrl-C"},
)
def watch(_: Context, duration: str = "0") -> None:
    """Show the run that is on in the terminal, each second."""
    command(live_command.watch)(duration)


@task(help={"run": "names or parts of them, or `last`, with commas between"})
def replay(_: Context, run: str) -> None:
    """Put stored runs back into Prometheus, so that dashboards show them side by side."""
    command(replay_command.replay)(run)


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


lab = Collection("lab", up, down, status)
namespace = Collection(
    *(bench, verify, selftest, variants, workloads, drivers),
    *(runs, show, rejudge, report, bundle, import_, export),
    *(history, gate, site),
    *(live, watch, replay),
    lab,
)
for many in (suite, compare, sweep, ramp, capacity, advise, locust):
    namespace.add_task(many)
calibrate = Collection("calibrate", noise)
calibrate.add_task(calibrate_driver, name="driver")
namespace.add_collection(calibrate)
