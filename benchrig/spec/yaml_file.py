"""Reading a YAML file into frozen dataclasses, with all its mistakes told at once."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from benchrig.errors import BenchrigError

T = TypeVar("T")


class _UniqueKeyLoader(yaml.SafeLoader):
    """YAML with a key written twice is a mistake, not the last one wins."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(
                problem=f"key written twice: {', '.join(map(str, sorted(twice)))}",
                problem_mark=node.start_mark,
            )
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """The file's top-level mapping.

    Raises:
        BenchrigError: no such file, no YAML, a key written twice, or not a mapping.
    """
    try:
        content = yaml.load(path.read_text(), Loader=_UniqueKeyLoader)
    except FileNotFoundError as error:
        raise BenchrigError("no such file", where=str(path)) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise BenchrigError(f"{error.problem}", where=f"{path.name}, line {line}") from error
    if not isinstance(content, dict):
        raise BenchrigError("expected a mapping of names to entries", where=path.name)
    return content


def parse_entries(kind: type[T], entries: dict[str, Any]) -> tuple[dict[str, T], list[str]]:
    """Each entry as a ``kind`` (its name becomes ``kind.name``), and every mistake as a text."""
    adapter = TypeAdapter(kind)
    parsed, mistakes = {}, []
    for name, entry in entries.items():
        values = dict(entry) if isinstance(entry, dict) else {}
        try:
            parsed[name] = adapter.validate_python({"name": name, **values})
        except ValidationError as error:
            mistakes += [f"{name}: {mistake(e)}" for e in error.errors()]
    return parsed, mistakes


def mistake(error: Any) -> str:
    """One of pydantic's complaints as a person would put it: key, value, what is wrong."""
    key = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ").lower()
    if error["type"] in ("missing", "unexpected_keyword_argument"):
        return f"{key}: {'is missing' if error['type'] == 'missing' else 'is not a known key'}"
    return f"{key}: {error['input']!r}: {message}"


def raise_mistakes(mistakes: list[str], file_name: str, way_out: str = "") -> None:
    """Raise one error that lists all mistakes of a file; nothing when there are none."""
    if mistakes:
        listed = mistakes[0] if len(mistakes) == 1 else "".join(f"\n  - {m}" for m in mistakes)
        raise BenchrigError(listed, where=file_name, way_out=way_out)
