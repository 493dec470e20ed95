"""From a variant to the exact command line on an app server."""

import string
from dataclasses import asdict, dataclass
from pathlib import Path

from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.server import Server
from benchrig.spec.variant import Variant

ROOT = "/opt/benchrig"


@dataclass(frozen=True)
class Launch:
    """What ``benchrig-host launch`` starts: the command once per process, ``{port}`` still open."""

    argv: list[str]
    directory: str
    environment: dict[str, str]
    processes: int
    first_port: int


def launch(
    catalogue: Catalogue, variant: Variant, address: str, first_port: int, root: str = ROOT
) -> Launch:
    """The exact command, directory and environment of a variant's unit.

    ``root`` is the directory on the app server that holds apps and environments.
    """
    server = catalogue.servers[variant.server]
    values = {
        "venv": f"{root}/venvs/{variant.app}",
        "address": address,
        "entry": catalogue.entry(variant).object,
        "interface": catalogue.entry(variant).interface,
        "worker_class": variant.worker_class,
        "loop": variant.loop,
        "workers": str(variant.workers),
        "threads": str(variant.threads or ""),
        "port": "{port}",
    }
    return Launch(
        argv=_fill(server, values) + variant.arguments,
        directory=f"{root}/apps/{variant.app}",
        environment={
            "PYTHONPATH": f"{root}/apps/contract",
            "POOL_SIZE": str(catalogue.worker_pool(variant)),
            **variant.environment,
        },
        processes=variant.processes,
        first_port=first_port,
    )


def launch_file(apps: str, address: str, first_port: int) -> dict[str, object]:
    """Every variant's launch, as the app server's launch.json holds it."""
    catalogue = load_catalogue(Path(apps))
    return {
        name: asdict(launch(catalogue, variant, address, first_port))
        for name, variant in sorted(catalogue.variants.items())
    }


def _fill(server: Server, values: dict[str, str]) -> list[str]:
    argv = []
    for argument in server.command:
        names = [name for _, name, _, _ in string.Formatter().parse(argument) if name]
        if all(values[name] for name in names):
            argv.append(argument.format_map(values))
    return argv
