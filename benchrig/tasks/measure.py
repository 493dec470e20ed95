"""Tasks that run trials of one variant, or verify it."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later


@task(
    auto_shortflags=False,
    iterable=["set_"],
    help={
        "variant": "what to run; `fab variants` lists them",
        "workload": "what to ask of it; `fab workloads` lists them (default: json)",
        "driver": "load tool; `fab drivers` lists them (default: wrk, or websocket)",
        "connections": "connections held open, over all load generators (default: the workload's)",
        "threads": "threads of the driver (default: the load generator's CPUs)",
        "duration": "how long to measure in each trial: 15s, 2m (default: 15s)",
        "warmup": "how long to warm up before each, thrown away: 5s, or 0 (default: 5s)",
        "requests": "stop after so many requests, for drivers that count: hey, ab "
        "(default: no limit)",
        "rate": "open loop: requests per second that fall due, whatever the server does "
        "(default: closed loop)",
        "rate_to": "open loop: the rate moves from --rate to this, per second, on a straight line "
        "(default: it stays)",
        "spawn_rate": "users added per second, for drivers that add users: locust (default: all at "
        "once)",
        "workers": "worker processes of the server (default: the variant's)",
        "set": "name=value of a parameter of the workload or a setting of the variant; repeatable",
        "via": "direct, or nginx in front (default: the variant's)",
        "repeats": "trials, each a fresh start (default: 1)",
        "attempts": "how often at most a trial is measured that comes out suspect or invalid; all "
        "are kept and shown, the valid ones count (default: 1)",
        "runtime_signals": "look inside the app's processes too: event loop, tasks, pool, GC "
        "(default: from outside only)",
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
    attempts: str = "1",
    runtime_signals: bool = False,
) -> None:
    """Measure one variant: start it, verify it, load it, say what it did and what it cost."""
    command(later("bench", "bench", "BenchOptions"))(
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
        attempts=attempts,
        runtime_signals=runtime_signals,
    )


@task(
    auto_shortflags=False,
    help={
        "variant": "which one; `fab variants` lists them",
        "workload": "only this one of what it offers (default: each)",
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
    what = (variant, workload, all_, fast, document)
    command(later("verify", "verify", "VerifyOptions"))(*what)


@task(
    auto_shortflags=False,
    help={
        "only": "names of cases, with commas between; `--list` tells them (default: all)",
        "repeats": "trials of each case (default: 1)",
        "seed": "number that the random order of trials is drawn from (default: 1)",
        "list": "tell the cases and run nothing",
    },
)
def selftest(
    _: Context, only: str = "", repeats: str = "1", seed: str = "1", list_: bool = False
) -> None:
    """Put bottlenecks into the rig on purpose and see whether each is named; all is undone."""
    what = (only, repeats, seed, list_)
    command(later("selftest", "selftest", "SelftestOptions"))(*what)


@task(
    auto_shortflags=False,
    help={
        "variant": "what to run; `fab variants` lists them",
        "workload": "what to ask of it; `fab workloads` lists them (default: json)",
        "users": "how many the page proposes (default: 10)",
    },
)
def locust(_: Context, variant: str = "", workload: str = "json", users: str = "10") -> None:
    """Start a variant under Locust's own web page, until Ctrl-C."""
    command(later("locust_page", "page"))(variant, workload, users)
