"""Workloads: what is asked of an app, as data."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from benchrig.contract.spec import plain
from benchrig.contract.workloads import names as contract_names
from benchrig.errors import BenchrigError, nearest
from benchrig.spec.yaml_file import parse_entries, raise_mistakes, read_mapping

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Parameter:
    """A number that a run may choose, in its unit and bounds."""

    __pydantic_config__ = STRICT

    default: float
    unit: str
    least: float
    most: float
    whole: bool = False


@dataclass(frozen=True)
class Workload:
    """One thing that is asked of an app.

    Attributes:
        path: what is requested; ``{parameters}`` in it have the defaults below.
        implementation: how the app does it, where there is more than one way: sql, orm, ...
        contract: whose answers must come back: the workload it is `like`, else its own.
        connections: how many the load has open unless a run says otherwise.
        pipeline: requests sent at once on each connection.
        body: what is posted; ``body_bytes`` names the parameter that says how many bytes instead.
        tables: database tables it reads; empty for a workload without a database.
        writes: it changes rows, so the dataset is loaded anew before the next trial.
        single_process: the app keeps its state in the memory of one process.
    """

    __pydantic_config__ = STRICT

    name: str
    summary: str
    path: str
    contract: str = ""
    implementation: str = ""
    method: Literal["GET", "POST"] = "GET"
    protocol: Literal["http", "websocket"] = "http"
    accept: str = "application/json"
    body: str = ""
    body_bytes: str = ""
    connections: Annotated[int, Field(ge=1)] = 64
    pipeline: Annotated[int, Field(ge=1)] = 1
    parameters: dict[str, Parameter] = field(default_factory=dict)
    tables: list[str] = field(default_factory=list)
    writes: bool = False
    single_process: bool = False

    @property
    def defaults(self) -> dict[str, float]:
        """The parameters' values where a run says nothing."""
        return {name: parameter.default for name, parameter in self.parameters.items()}

    def target(self, values: Mapping[str, float]) -> str:
        """The path with its parameters filled in: the defaults, then ``values``."""
        filled = {key: plain(value) for key, value in {**self.defaults, **values}.items()}
        return self.path.format_map(filled)

    @property
    def content_type(self) -> str:
        """What a posted body is."""
        return "application/octet-stream" if self.body_bytes else "application/json"

    def posted_bytes(self, values: Mapping[str, float]) -> int:
        """The size of each request's body where only its size matters; 0 where it has a text."""
        return int({**self.defaults, **values}[self.body_bytes]) if self.body_bytes else 0

    def value(self, name: str, text: str) -> float:
        """A parameter's value as a person typed it.

        Raises:
            BenchrigError: no such parameter, no number, or out of its bounds.
        """
        where = f"workload '{self.name}'"
        if name not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            raise BenchrigError(f"it has no '{name}'", where=where, way_out=f"it has: {known}")
        parameter = self.parameters[name]
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        within = parameter.least <= number <= parameter.most
        if not within or (parameter.whole and not number.is_integer()):
            kind = "a whole number" if parameter.whole else "a number"
            bounds = f"{plain(parameter.least)} to {plain(parameter.most)} {parameter.unit}"
            raise BenchrigError(f"{name} is '{text}', not {kind} from {bounds}", where=where)
        return number


def load_workloads(apps: Path) -> dict[str, Workload]:
    """Read ``workloads.yml`` of the apps folder.

    Raises:
        BenchrigError: every mistake of the file at once.
    """
    path = apps / "workloads.yml"
    entries, mistakes = _filled_in(read_mapping(path))
    workloads, faults = parse_entries(Workload, entries)
    mistakes += faults
    for workload in workloads.values():
        mistakes += [f"{workload.name}: {fault}" for fault in _mistakes(workload)]
    raise_mistakes(mistakes, path.name)
    return workloads


def find_workload(workloads: Mapping[str, Workload], name: str) -> Workload:
    """The workload of that name.

    Raises:
        BenchrigError: there is none; the nearest name is suggested.
    """
    if name not in workloads:
        raise BenchrigError(
            f"'{name}' is unknown", where="workloads.yml", way_out=nearest(name, workloads)
        )
    return workloads[name]


def _filled_in(entries: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Each entry with what it takes over from the one it is ``like``, and the mistakes in that."""
    filled, mistakes = {}, []
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            filled[name] = entry
            continue
        own = dict(entry)
        like = own.pop("like", "")
        other = entries.get(like, {})
        if like and (not isinstance(other, dict) or "like" in other or not other):
            hint = nearest(like, [n for n, e in entries.items() if e and "like" not in e])
            mistakes.append(f"{name}: like: '{like}' is no workload of its own; {hint}")
        filled[name] = {"contract": like or name, **other, **own}
    return filled, mistakes


def _mistakes(workload: Workload) -> list[str]:
    used = {name for _, name, _, _ in string.Formatter().parse(workload.path) if name}
    mistakes = [
        f"path: {{{name}}} has no default in parameters"
        for name in sorted(used - workload.parameters.keys())
    ]
    if workload.body_bytes and workload.body_bytes not in workload.parameters:
        mistakes.append(f"body_bytes: '{workload.body_bytes}' is not in parameters")
    if workload.contract not in contract_names():
        hint = nearest(workload.contract, contract_names())
        mistakes.append(f"there is no benchrig/contract/workloads/{workload.contract}.py; {hint}")
    mistakes += [
        f"parameters.{name}.default: {plain(p.default)} is not from {plain(p.least)} "
        f"to {plain(p.most)}"
        for name, p in workload.parameters.items()
        if not p.least <= p.default <= p.most
    ]
    return mistakes
