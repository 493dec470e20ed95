"""Workloads: what is asked of an app, as data."""

import string
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict

from benchrig.errors import BenchrigError, nearest
from benchrig.spec.yaml_file import parse_entries, raise_mistakes, read_mapping


@dataclass(frozen=True)
class Workload:
    """One thing that is asked of an app.

    Attributes:
        path: what is requested; ``{parameters}`` in it have the defaults below.
        connections: how many the load has open unless a run says otherwise.
        pipeline: requests sent at once on each connection.
        tables: database tables it reads; empty for a workload without a database.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str
    summary: str
    path: str
    accept: str = "application/json"
    connections: int = 64
    pipeline: int = 1
    parameters: dict[str, float] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)

    def target(self, values: dict[str, float]) -> str:
        """The path with its parameters filled in: the defaults, then ``values``."""
        filled = {key: f"{value:g}" for key, value in {**self.parameters, **values}.items()}
        return self.path.format_map(filled)


def load_workloads(apps: Path) -> dict[str, Workload]:
    """Read ``workloads.yml`` of the apps folder.

    Raises:
        BenchrigError: every mistake of the file at once.
    """
    path = apps / "workloads.yml"
    workloads, mistakes = parse_entries(Workload, read_mapping(path))
    for workload in workloads.values():
        used = {name for _, name, _, _ in string.Formatter().parse(workload.path) if name}
        mistakes += [
            f"{workload.name}: path: {{{name}}} has no default in parameters"
            for name in sorted(used - workload.parameters.keys())
        ]
    raise_mistakes(mistakes, path)
    return workloads


def find_workload(workloads: dict[str, Workload], name: str) -> Workload:
    """The workload of that name.

    Raises:
        BenchrigError: there is none; the nearest name is suggested.
    """
    if name not in workloads:
        raise BenchrigError(
            f"'{name}' is unknown", where="workloads.yml", way_out=nearest(name, workloads)
        )
    return workloads[name]
