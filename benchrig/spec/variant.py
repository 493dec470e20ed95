"""Variants: what is compared, as data."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

Count = Annotated[int, Field(ge=1, le=1024)]


@dataclass(frozen=True)
class Variant:
    """One app on one server with its workers and loop: the thing that is compared.

    Attributes:
        entry: which entry of the app; may be left out where the app has only one.
        processes: server processes side by side, each on a port of its own, behind nginx.
        database_connections: connections to PostgreSQL in total, shared out over all workers.
        pool_size: connections of one worker, where the total is not to be shared out.
        arguments: further command-line arguments of the server.
        known: checks of the contract that it fails by its nature, each with the reason; what its
            server and its app are known for is added when the catalogue is read.
        unsafe: why this stack must not be used, where it is kept for the record only.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    app: str
    server: str
    entry: str = ""
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
    known: dict[str, str] = field(default_factory=dict)
    unsafe: str = ""


# What a run may set otherwise than the catalogue (`fab bench --set workers=4`).
SETTINGS = (
    "workers",
    "threads",
    "processes",
    "worker_class",
    "loop",
    "database_connections",
    "pool_size",
)
