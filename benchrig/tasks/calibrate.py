"""Tasks that measure the rig itself."""

from invoke.context import Context
from invoke.tasks import task

from benchrig.commands.context import command, later
from benchrig.tasks.analyses import LOAD, SEED, VARIANT


@task(
    auto_shortflags=False,
    iterable=["driver", "connections"],
    help={
        "driver": "which; repeatable (default: all that speak HTTP)",
        "connections": "open at once, over all load generators; repeatable (default: 16, 64, 256)",
        "duration": "how long to load nginx for each: 5s, 1m (default: 2s)",
        "repeats": "how often; the highest counts (default: 2)",
    },
)
def driver(
    _: Context,
    driver: list[str],
    connections: list[str],
    duration: str = "2s",
    repeats: str = "2",
) -> None:
    """Find the load generators' ceiling; later trials near it are invalid."""
    what = (tuple(driver), tuple(connections) or ("16", "64", "256"), duration, repeats)
    command(later("calibrate_driver", "driver", "CalibrateOptions"))(*what)


@task(
    default=True,
    auto_shortflags=False,
    iterable=["set_"],
    help={
        **LOAD,
        "variant": f"{VARIANT} (default: aiohttp)",
        "blocks": "pairs of trials, the variant against itself; the floor is used from 20 on that "
        "count (default: 24, some to spare)",
        "seed": SEED,
    },
)
def noise(
    _: Context,
    variant: str = "aiohttp",
    workload: str = "json",
    driver: str = "",
    connections: str = "",
    set_: list[str] | None = None,
    via: str = "",
    duration: str = "5s",
    warmup: str = "2s",
    blocks: str = "24",
    seed: str = "1",
) -> None:
    """Measure the rig's noise: a variant against itself; kept for this rig's comparisons."""
    load = (workload, driver, connections, "", tuple(set_ or ()), via, duration, warmup)
    command(later("noise", "noise"))(variant, load, blocks, seed)
