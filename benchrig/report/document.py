"""A report as it is before it becomes HTML, Markdown or text in a terminal."""

from dataclasses import dataclass

from benchrig.report.charts import Chart


@dataclass(frozen=True)
class Table:
    """Text in rows; headers that begin with ``>`` are right-aligned."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """Something a reader may open: a trial, a host.

    Attributes:
        logs: what programs printed, shown as they did.
    """

    title: str
    text: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    opened: bool = False


@dataclass(frozen=True)
class Section:
    """One part of the report.

    Attributes:
        name: short and unique, for links.
        code: commands, each on a line.
    """

    name: str
    title: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    parts: tuple[Part, ...] = ()
    code: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.tables or self.charts or self.parts or self.code)


@dataclass(frozen=True)
class Document:
    """A whole report.

    Attributes:
        finding: the result in a sentence.
        about: when it was measured and judged, in a line.
        notes: what must be known before a figure of it is quoted.
    """

    title: str
    finding: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    about: str = ""
