"""Charts as data, in the format that ``dashboards/live/charts.js`` draws (docs/dashboards.md)."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from markupsafe import Markup

DIGITS = 5


@dataclass(frozen=True)
class Axis:
    """What an axis shows, with its unit in the label.

    Attributes:
        averaged: whether a mean over time says anything; that of percentiles does not.
    """

    label: str
    log: bool = False
    averaged: bool = True


@dataclass(frozen=True)
class Line:
    """One series; ``None`` is a gap."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Mark:
    """A vertical line at an x value."""

    x: float
    label: str


@dataclass(frozen=True)
class Band:
    """The measure phase, drawn behind the lines; means are taken of it."""

    begin: float
    end: float


@dataclass(frozen=True)
class Chart:
    """Lines over the same x values.

    Attributes:
        sync: charts with the same one share their crosshair and zoom; they are over time.
        x_range: where the x axis begins and ends; as the values do where it is not said.
    """

    title: str
    x: Axis
    x_values: tuple[float, ...]
    y: Axis
    lines: tuple[Line, ...]
    sync: str = ""
    marks: tuple[Mark, ...] = ()
    bands: tuple[Band, ...] = ()
    x_range: tuple[float, float] | None = None

    @property
    def summary(self) -> str:
        """For who can not see it: which lines there are, and from where to where each goes."""
        told = [f"{line.label} {_range(line.values)}" for line in self.lines]
        return f"{self.title}, {self.y.label}: {'; '.join(told)}"

    @property
    def json(self) -> Markup:
        """As ``charts.js`` reads it, safe inside a script element."""
        told = {
            "x": asdict(self.x) | {"values": [_short(x) for x in self.x_values]},
            "y": asdict(self.y),
            "series": [
                {"label": line.label, "values": [_short(v) for v in line.values]}
                for line in self.lines
            ],
            "marks": [asdict(mark) for mark in self.marks],
            "bands": [asdict(band) for band in self.bands],
            "sync": self.sync,
            "range": self.x_range,
        }
        return safe_json(told)


def safe_json(value: object) -> Markup:
    """JSON that can not end the script element it stands in."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for character in "<>&'":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _short(value: float | None) -> float | None:
    """Five significant digits: more than a plot can show."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{DIGITS}g}")


def _range(values: Sequence[float | None]) -> str:
    known = [v for v in values if v is not None]
    return f"from {min(known):.3g} to {max(known):.3g}" if known else "without values"
