"""Variants and servers: what is compared, as data, and how it is started."""

import string
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from benchrig.errors import BenchrigError, nearest
from benchrig.spec.yaml_file import parse_entries, raise_mistakes, read_mapping

Count = Annotated[int, Field(ge=1, le=1024)]
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Server:
    """How one server is started: a command whose ``{placeholders}`` a variant fills.

    An argument with a placeholder that the variant leaves empty is left out.
    """

    __pydantic_config__ = STRICT

    name: str
    command: list[str]
    summary: str = ""

    @property
    def placeholders(self) -> set[str]:
        """Names of everything the command can be told."""
        fields = (f for argument in self.command for f in string.Formatter().parse(argument))
        return {name for _, name, _, _ in fields if name}


@dataclass(frozen=True)
class Variant:
    """One app on one server with its workers and loop: the thing that is compared.

    Attributes:
        entry: ``module:attribute`` of the app in its folder.
        processes: server processes side by side, each on a port of its own, behind nginx.
        database_connections: connections to PostgreSQL in total, shared out over all workers.
        pool_size: connections of one worker, where the total is not to be shared out.
        arguments: further command-line arguments of the server.
        unsafe: why this stack must not be used, where it is kept for the record only.
    """

    __pydantic_config__ = STRICT

    name: str
    app: str
    server: str
    entry: str = "app:app"
    worker_class: str = ""
    loop: str = ""
    workers: Count = 1
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    processes: Annotated[int, Field(ge=1, le=16)] = 1
    database_connections: Count = 32
    pool_size: Annotated[int, Field(ge=0, le=1024)] = 0
    arguments: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    via: Literal["direct", "nginx"] = "direct"
    unsafe: str = ""

    @property
    def worker_pool(self) -> int:
        """Connections to PostgreSQL of one worker."""
        return self.pool_size or max(
            1, self.database_connections // (self.workers * self.processes)
        )


@dataclass(frozen=True)
class Catalogue:
    """All variants and servers, checked against each other."""

    variants: dict[str, Variant]
    servers: dict[str, Server]

    def variant(self, name: str) -> Variant:
        """The variant of that name.

        Raises:
            BenchrigError: there is none; the nearest name is suggested.
        """
        if name not in self.variants:
            raise BenchrigError(
                f"'{name}' is unknown", where="variants.yml", way_out=nearest(name, self.variants)
            )
        return self.variants[name]

    def override(self, variant: Variant, **settings: int | None) -> Variant:
        """The variant with other worker counts for one run; ``None`` keeps the catalogue's.

        Raises:
            BenchrigError: the variant's server takes no such setting.
        """
        given = {key: value for key, value in settings.items() if value is not None}
        changed = replace(variant, **given)  # type: ignore[arg-type]
        mistakes = _unused_options(changed, self.servers[variant.server])
        if mistakes:
            raise BenchrigError(
                mistakes[0], where=f"variant '{variant.name}'", way_out="leave the option out"
            )
        return changed


def load_catalogue(apps: Path) -> Catalogue:
    """Read ``variants.yml`` and ``servers.yml`` of the apps folder.

    Raises:
        BenchrigError: every mistake of the file at once.
    """
    path = apps / "servers.yml"
    servers, mistakes = parse_entries(Server, read_mapping(path))
    raise_mistakes(mistakes, path)
    path = apps / "variants.yml"
    variants, mistakes = parse_entries(Variant, read_mapping(path))
    known_apps = {p.parent.name for p in apps.glob("*/requirements.txt")}
    for variant in variants.values():
        mistakes += _variant_mistakes(variant, servers, known_apps)
    raise_mistakes(mistakes, path)
    return Catalogue(variants, servers)


def _variant_mistakes(variant: Variant, servers: dict[str, Server], apps: set[str]) -> list[str]:
    mistakes = []
    if variant.app not in apps:
        mistakes.append(
            f"{variant.name}: app: '{variant.app}' has no folder; {nearest(variant.app, apps)}"
        )
    if variant.server not in servers:
        hint = nearest(variant.server, servers)
        mistakes.append(f"{variant.name}: server: '{variant.server}' is not in servers.yml; {hint}")
    else:
        unused = _unused_options(variant, servers[variant.server])
        mistakes += [f"{variant.name}: {text}" for text in unused]
    if variant.processes > 1 and variant.via == "direct":
        mistakes.append(f"{variant.name}: via: several processes have a port each: use via: nginx")
    return mistakes


def _unused_options(variant: Variant, server: Server) -> list[str]:
    options = {"worker_class": "", "loop": "", "workers": 1, "threads": 0}
    values = asdict(variant)
    return [
        f"{key}: {values[key]!r}: the server '{server.name}' takes no such setting"
        for key, default in options.items()
        if values[key] != default and key not in server.placeholders
    ]
