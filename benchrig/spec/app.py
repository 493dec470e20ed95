"""Apps: a folder each, whose ``app.yml`` says what is in it and which workloads it offers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from benchrig.spec.yaml_file import mistake, raise_mistakes, read_mapping

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Entry:
    """One way into an app.

    Attributes:
        object: ``module:attribute`` in the app's folder.
        interface: the kind of server it needs: wsgi, asgi, or the server's own.
        offers: the workloads it answers.
        at_once: requests one worker answers at a time, where the app itself sets it and not the
            server.
        known: checks of the contract that it fails by its nature, each with the reason.
        unsafe: why it must not be used, where it is kept for the record only.
    """

    __pydantic_config__ = STRICT

    object: str
    interface: str
    offers: list[str]
    at_once: Annotated[int, Field(ge=1, le=1024)] | None = None
    known: dict[str, str] = field(default_factory=dict)
    unsafe: str = ""


@dataclass(frozen=True)
class App:
    """One framework's app and its entries by name."""

    __pydantic_config__ = STRICT

    name: str
    summary: str
    entries: dict[str, Entry]

    @property
    def only_entry(self) -> str:
        """The name of the entry, where there is one and no more."""
        return next(iter(self.entries)) if len(self.entries) == 1 else ""


ADAPTER = TypeAdapter(App)


def load_apps(apps: Path) -> dict[str, App]:
    """Read ``app.yml`` of every folder that has one, by the folder's name.

    Raises:
        BenchrigError: every mistake of a file at once.
    """
    return {path.parent.name: _load(path) for path in sorted(apps.glob("*/app.yml"))}


def _load(path: Path) -> App:
    name = path.parent.name
    try:
        return ADAPTER.validate_python({"name": name, **read_mapping(path)})
    except ValidationError as error:
        raise_mistakes([mistake(e) for e in error.errors()], f"{name}/app.yml")
        raise
