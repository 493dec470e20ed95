"""Suites: experiments as data, one file under ``suites/`` each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from benchrig.errors import BenchrigError, nearest
from benchrig.spec.expectation import Expectation, Place, expectation_mistakes
from benchrig.spec.yaml_file import mistake, raise_mistakes, read_mapping
from benchrig.units import parse_seconds

STRICT = ConfigDict(extra="forbid")
Form = Literal["full", "quick"]
FORMS: tuple[Form, ...] = ("full", "quick")


def _seconds(value: object) -> float:
    try:
        return 0.0 if value == 0 else parse_seconds(str(value), "a duration")
    except BenchrigError as error:
        raise ValueError(error.what) from error


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Seconds = Annotated[float, BeforeValidator(_seconds)]
Counts = Annotated[
    tuple[Annotated[int, Field(ge=1, le=60_000)], ...],
    Field(min_length=1),
    BeforeValidator(_listed),
]
Rates = Annotated[
    tuple[Annotated[float, Field(gt=0, le=1e6)], ...], Field(min_length=1), BeforeValidator(_listed)
]
Values = Annotated[tuple[float, ...], Field(min_length=1), BeforeValidator(_listed)]
Setting = str | int


@dataclass(frozen=True)
class Case:
    """One thing that is compared.

    Attributes:
        settings: settings of the variant otherwise than the catalogue's (`workers: 8`).
        workload, driver, via: the part's, where empty.
    """

    __pydantic_config__ = STRICT

    variant: str
    workload: str = ""
    driver: str = ""
    via: Literal["", "direct", "nginx"] = ""
    settings: dict[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Cases under one load; a list of values is a sweep, and all lists together make a grid.

    Attributes:
        connections: none for the workload's own.
        rates: requests per second of an open loop; none for a closed loop.
        rate_to: the rate moves here on a straight line.
        spawn_rate: users added per second.
        requests: stop after so many; 0 for as many as there is time for.
        set: parameter of the workload to its values.
        blocks: how often each cell is measured, each time from a fresh start.
    """

    __pydantic_config__ = STRICT

    name: str
    cases: Annotated[dict[str, Case], Field(min_length=1)]
    duration: Annotated[Seconds, Field(gt=0)]
    workload: str = "json"
    driver: str = "wrk"
    connections: Counts | None = None
    rates: Rates | None = None
    rate_to: Annotated[float, Field(ge=0)] = 0.0
    spawn_rate: Annotated[float, Field(ge=0)] = 0.0
    requests: Annotated[int, Field(ge=0)] = 0
    set: dict[str, Values] = field(default_factory=dict)
    warmup: Seconds = 0.0
    primer: Seconds = 0.0
    blocks: Annotated[int, Field(ge=1, le=1000)] = 1


@dataclass(frozen=True)
class Suite:
    """A suite in one of its forms.

    Attributes:
        source: where the experiment comes from.
        expect: what must come out on any machine.
    """

    name: str
    title: str
    source: str
    form: Form
    parts: tuple[Part, ...]
    expect: tuple[Expectation, ...]


PART = TypeAdapter(Part)
EXPECTATIONS = TypeAdapter(Expectation)
PART_KEYS = {f.name for f in fields(Part)} - {"name"}
OWN_KEYS = {"title", "source", "expect", "parts", "quick", "full"}


def suite_names(folder: Path) -> list[str]:
    """Names of all suites."""
    return sorted(path.stem for path in folder.glob("*.yml"))


Check = Callable[[Sequence[Part]], list[str]]


def nothing_more(_: Sequence[Part]) -> list[str]:
    """No check beside the file's own."""
    return []


def load_suite(folder: Path, name: str, form: Form, check: Check = nothing_more) -> Suite:
    """One form of a suite; the other is checked as well.

    Args:
        folder: where suites are.
        name: of the suite.
        form: the one that is wanted.
        check: what else must hold of its parts, as a list of mistakes.

    Raises:
        BenchrigError: no such suite, or every mistake in it at once.
    """
    names = suite_names(folder)
    if name not in names:
        what = f"'{name}' is unknown" if name else "no suite is named"
        raise BenchrigError(what, where="--name", way_out=nearest(name, names))
    return read_suite(folder / f"{name}.yml", form, check)


def read_suite(path: Path, form: Form, check: Check = nothing_more) -> Suite:
    """Read one form from a file; what is left of a faulty part is checked all the same.

    Raises:
        BenchrigError: every mistake at once.
    """
    content = read_mapping(path)
    known = OWN_KEYS | PART_KEYS
    mistakes = [f"{key}: is not a known key" for key in sorted(content.keys() - known)]
    mistakes += [f"{key}: is missing" for key in ("title", "source") if not content.get(key)]
    expected, faults = _expectations(content.get("expect") or [])
    mistakes += faults
    forms: dict[Form, tuple[Part, ...]] = {}
    for each in FORMS:
        forms[each], faults = _parts(content, each)
        if forms[each]:
            faults += expectation_mistakes(expected, [_place(p) for p in forms[each]])
        faults += check(forms[each])
        mistakes += [fault for fault in faults if fault not in mistakes]
    raise_mistakes(list(dict.fromkeys(mistakes)), path.name)
    title, source = str(content["title"]), str(content["source"])
    return Suite(path.stem, title, source, form, forms[form], tuple(expected))


def _place(part: Part) -> Place:
    axes: dict[str, Sequence[float]] = {"connections": part.connections or (), **part.set}
    return Place(part.name, tuple(part.cases), axes | ({"rate": part.rates} if part.rates else {}))


def _expectations(entries: object) -> tuple[list[Expectation], list[str]]:
    if not isinstance(entries, list):
        return [], ["expect: is not a list"]
    found, mistakes = [], []
    for number, entry in enumerate(entries, 1):
        try:
            found.append(EXPECTATIONS.validate_python(entry))
        except ValidationError as error:
            mistakes += [f"expect {number}: {mistake(e)}" for e in error.errors()]
    return found, mistakes


def _parts(content: Mapping[str, Any], form: Form) -> tuple[tuple[Part, ...], list[str]]:
    """The suite's own keys, overridden by the part's, by the form's, by the part's for the form."""
    mistakes: list[str] = []
    common = _layer({k: v for k, v in content.items() if k in PART_KEYS}, "", mistakes)
    of_form = _layer(content.get(form), form, mistakes)
    named = content.get("parts") or {"": {}}
    if not isinstance(named, dict):
        return (), [*mistakes, "parts: is no mapping of names to parts"]
    found = []
    for name, entry in named.items():
        own = _layer(entry, f"parts.{name}", mistakes)
        forms = {each: own.pop(each, None) for each in FORMS}
        own_form = _layer(forms[form], f"parts.{name}.{form}", mistakes)
        where = f"{name}: " if name else ""
        part, faults = _part({"name": name, **_merged(common, own, of_form, own_form)})
        found += [part] if part else []
        mistakes += [f"{where}{fault}" for fault in faults]
    return tuple(found), mistakes


def _layer(value: object, where: str, mistakes: list[str]) -> dict[str, Any]:
    """Keys and values of one layer, none where it is empty; what is no mapping is a mistake."""
    if value is not None and not isinstance(value, dict):
        mistakes.append(f"{where}: {value!r}: is no mapping of keys to values")
        return {}
    layer = dict(value or {})
    if not isinstance(layer.get("set", {}), dict | None):
        told = f"{where}.set" if where else "set"
        mistakes.append(f"{told}: {layer.pop('set')!r}: is no mapping of parameters to values")
    return layer


def _part(values: dict[str, Any]) -> tuple[Part | None, list[str]]:
    """The part and its mistakes; of a faulty one what is left, to look for more in it."""
    try:
        return PART.validate_python(values), []
    except ValidationError as error:
        mistakes = [mistake(each) for each in error.errors()]
        left = _without(values, [each["loc"] for each in error.errors()])
    try:
        return PART.validate_python({"duration": 1, **left}), mistakes
    except ValidationError:
        return None, mistakes


def _without(values: dict[str, Any], places: Sequence[tuple[int | str, ...]]) -> dict[str, Any]:
    """The same less what is wrong: a key of a case, or a whole key."""
    left = dict(values)
    for name, *inner in places:
        if name == "cases" and len(inner) > 1 and isinstance(left["cases"][inner[0]], dict):
            case = {k: v for k, v in left["cases"][inner[0]].items() if k != inner[1]}
            left["cases"] = {**left["cases"], inner[0]: case}
        else:
            left.pop(str(name), None)
    return left


def _merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Later layers win; ``set`` is merged value by value; a case may be a variant's name alone."""
    merged: dict[str, Any] = {}
    for layer in layers:
        both = {**merged.get("set", {}), **(layer.get("set") or {})}
        merged = {**merged, **layer, **({"set": both} if both else {})}
    cases = merged.get("cases")
    if isinstance(cases, list):
        cases = {str(name): str(name) for name in cases}
    if isinstance(cases, dict):
        merged["cases"] = {
            str(label): {"variant": case} if isinstance(case, str) else case
            for label, case in cases.items()
        }
    return merged
