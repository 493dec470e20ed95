"""Servers: how each is started, and what it can run, as data."""

import string
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")
AtOnce = int | Literal["threads"] | None


@dataclass(frozen=True)
class WorkerClass:
    """One kind of worker of a server.

    Attributes:
        interface: the kind of app it runs.
        at_once: requests one worker answers at a time; ``threads`` of them, or many where ``None``.
        known: checks of the contract that it fails by its nature, each with the reason.
    """

    __pydantic_config__ = STRICT

    interface: str
    at_once: AtOnce = None
    known: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Server:
    """How one server is started: a command whose ``{placeholders}`` a variant fills.

    An argument with a placeholder that the variant leaves empty is left out.

    Attributes:
        interfaces: the kinds of app it runs; empty where its worker classes say it.
        loops: event loops it can be told to use; empty where it can not be told.
        at_once, known: as for a worker class, for all of its workers.
    """

    __pydantic_config__ = STRICT

    name: str
    command: list[str]
    summary: str
    interfaces: list[str] = field(default_factory=list)
    worker_classes: dict[str, WorkerClass] = field(default_factory=dict)
    loops: list[str] = field(default_factory=list)
    at_once: AtOnce = None
    known: dict[str, str] = field(default_factory=dict)

    @property
    def placeholders(self) -> set[str]:
        """Names of everything the command can be told."""
        fields = (f for argument in self.command for f in string.Formatter().parse(argument))
        return {name for _, name, _, _ in fields if name}

    def workers_answer(self, worker_class: str) -> AtOnce:
        """Requests one worker answers at a time."""
        kind = self.worker_classes.get(worker_class)
        return kind.at_once if kind else self.at_once

    def runs(self, worker_class: str) -> list[str]:
        """The kinds of app that run on it with this worker class."""
        kind = self.worker_classes.get(worker_class)
        return [kind.interface] if kind else self.interfaces

    def known_of(self, worker_class: str) -> dict[str, str]:
        """The checks it is known to fail with this worker class."""
        kind = self.worker_classes.get(worker_class)
        return {**self.known, **(kind.known if kind else {})}
