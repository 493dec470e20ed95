"""Tasks that run many trials. Their modules need SciPy and are imported when they are called."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later

VARIANT = "which one; `fab variants` lists them; name:workers=4 changes a setting"
SEED = "number that the random order of trials is drawn from, kept in the record (default: 1)"
# What is asked of an app in one trial; shared by all tasks that run some.
ONE_LEVEL = {
    "workload": "what to ask of it; `fab workloads` lists them (default: json)",
    "connections": "connections held open, over all load generators (default: the workload's)",
    "set": "name=value of a parameter of the workload; repeatable",
    "via": "direct, or nginx in front (default: the variant's)",
    "duration": "how long to measure in each trial: 15s, 2m (default: 5s)",
    "warmup": "how long to warm up before each, thrown away: 5s, or 0 (default: 2s)",
}
DRIVER = "load tool; `fab drivers` tells what each can measure (default: wrk, or websocket)"
LOAD = {**ONE_LEVEL, "driver": DRIVER}


@task(
    auto_shortflags=False,
    help={
        "name": "file in suites/ without .yml; without a name all are listed",
        "quick": "the short form: minutes, for a first look",
        "dry_run": "print every trial in its order and the time they take; touches no host",
        "resume": "run to go on with, by a part of its name or `last`; repeats no finished trial",
        "seed": SEED,
    },
)
def suite(
    _: Context,
    name: str = "",
    quick: bool = False,
    dry_run: bool = False,
    resume: str = "",
    seed: str = "1",
) -> None:
    """Run a suite of suites/: its cells in blocks of random order, then what was found."""
    command(later("suite", "suite"))(name, quick, dry_run, resume, seed)


@task(
    auto_shortflags=False,
    iterable=["set_"],
    help={
        **LOAD,
        "baseline": VARIANT,
        "contender": "likewise; what is told is how it does against the baseline",
        "blocks": "fresh starts of each, in pairs, 6 or more (default: 10)",
        "precision": "add blocks until the 95 % interval is ± this: 2% (default: off)",
        "budget": "time to spend: 30m; no more blocks than fit (default: what the blocks take)",
        "margin": "differences up to this do not matter to you, and are a tie (default: 2%)",
        "runs": "compare what is stored instead: one run or two, R1,R2, or `last`",
        "seed": SEED,
    },
)
def compare(
    _: Context,
    baseline: str = "",
    contender: str = "",
    workload: str = "json",
    driver: str = "",
    connections: str = "",
    set_: list[str] | None = None,
    via: str = "",
    duration: str = "5s",
    warmup: str = "2s",
    blocks: str = "",
    precision: str = "",
    budget: str = "",
    margin: str = "",
    runs: str = "",
    seed: str = "1",
) -> None:
    """Say whether a contender is faster, slower or alike, against the rig's own noise."""
    if runs:
        command(later("compare_stored", "compare_stored"))(runs, baseline, contender, margin)
        return
    load = (workload, driver, connections, "", tuple(set_ or ()), via, duration, warmup)
    what = (baseline, contender, load, blocks, precision, budget, margin, seed)
    command(later("compare", "compare"))(*what)


@task(
    auto_shortflags=False,
    iterable=["variant", "set_"],
    help={
        **LOAD,
        "variant": VARIANT + "; repeatable",
        "workers": "worker processes, apart by commas: 1,2,4,8 (default: the variant's)",
        "connections": "levels, apart by commas: 8,16,32,64 (default: the workload's)",
        "rate": "open loop: requests per second, apart by commas (default: closed loop)",
        "set": "name=values of a parameter, apart by commas: queries=1,5,20; repeatable",
        "blocks": "how often each level is measured, each time from a fresh start (default: 1)",
        "seed": SEED,
    },
)
def sweep(
    _: Context,
    variant: list[str] | None = None,
    workers: str = "",
    workload: str = "json",
    driver: str = "",
    connections: str = "",
    rate: str = "",
    set_: list[str] | None = None,
    via: str = "",
    duration: str = "5s",
    warmup: str = "2s",
    blocks: str = "1",
    seed: str = "1",
) -> None:
    """Measure levels of connections, rate, workers or a parameter; fit how it scales."""
    load = (workload, driver, connections, rate, tuple(set_ or ()), via, duration, warmup)
    command(later("sweep", "sweep"))(tuple(variant or ()), workers, load, blocks, seed)


@task(
    auto_shortflags=False,
    iterable=["set_"],
    help={
        **ONE_LEVEL,
        "variant": VARIANT,
        "p99": "the longest 99th percentile, from when a request is due (default: 50ms)",
        "precision": "stop when the 95 % interval is ± this: 1% (default: 3%)",
    },
)
def capacity(
    _: Context,
    variant: str = "",
    p99: str = "50ms",
    workload: str = "json",
    connections: str = "",
    set_: list[str] | None = None,
    via: str = "",
    duration: str = "5s",
    warmup: str = "2s",
    precision: str = "",
) -> None:
    """Find the highest rate that keeps the 99th percentile below a limit, without an error."""
    load = (workload, "wrk", connections, "", tuple(set_ or ()), via, duration, warmup)
    command(later("capacity", "capacity"))(variant, load, p99, precision)


@task(
    auto_shortflags=False,
    iterable=["set_"],
    help={
        **LOAD,
        "variant": VARIANT,
        "workers": "worker counts to weigh, apart by commas (default: by the app server's cores)",
        "cores": "cores to reckon with (default: those of the app server)",
    },
)
def advise(
    _: Context,
    variant: str = "",
    workers: str = "",
    cores: str = "",
    workload: str = "json",
    driver: str = "",
    connections: str = "",
    set_: list[str] | None = None,
    via: str = "",
    duration: str = "5s",
    warmup: str = "2s",
) -> None:
    """Say how many workers a variant should have on this host, without trying them all."""
    load = (workload, driver, connections, "", tuple(set_ or ()), via, duration, warmup)
    command(later("advise", "advise"))(variant, load, workers, cores)


@task(
    auto_shortflags=False,
    iterable=["set_"],
    help={
        **ONE_LEVEL,
        "variant": VARIANT,
        "from": "requests per second at the begin (default: 50)",
        "to": "requests per second at the end, above --from (default: 5000)",
        "duration": "how long the rate takes to rise: 30s, 5m (default: 60s)",
    },
)
def ramp(
    _: Context,
    variant: str = "",
    from_: str = "50",
    to: str = "5000",
    workload: str = "json",
    connections: str = "",
    set_: list[str] | None = None,
    via: str = "",
    duration: str = "60s",
    warmup: str = "2s",
) -> None:
    """Raise the offered rate on a straight line in one trial, and name where it bends."""
    load = (workload, "wrk", connections, from_, tuple(set_ or ()), via, duration, warmup)
    command(later("ramp", "ramp"))(variant, load, to)
