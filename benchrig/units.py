"""Reading quantities a person typed, and writing them for a person to read. SI inside."""

import math
import re
from collections.abc import Iterable

from benchrig.errors import BenchrigError

SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
RATE_MAX = 1_000_000
BINARY = ("B", "KiB", "MiB", "GiB", "TiB")


def parse_seconds(text: str, option: str) -> float:
    """Seconds from ``15``, ``15s``, ``250ms`` or ``2m``.

    Raises:
        BenchrigError: not a duration, or not above zero.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(us|ms|s|m|h)?", text.strip())
    seconds = float(found.group(1)) * SECONDS[found.group(2) or "s"] if found else 0.0
    if seconds <= 0:
        raise BenchrigError(
            f"'{text}' is not a duration above zero", where=option, way_out="write 15s, 250ms or 2m"
        )
    return seconds


def is_whole(seconds: float) -> bool:
    """Whether it is a number of whole seconds, but for what binary fractions make of minutes."""
    return math.isclose(seconds, round(seconds))


def whole_seconds(seconds: float) -> float:
    """Rounded up to whole seconds."""
    return float(round(seconds) if is_whole(seconds) else math.ceil(seconds))


def parse_count(text: str, option: str, most: int) -> int:
    """A whole number from 1 to ``most``.

    Raises:
        BenchrigError: anything else.
    """
    if not text.strip().isdecimal() or not 1 <= int(text) <= most:
        raise BenchrigError(f"'{text}' is not a whole number from 1 to {most}", where=option)
    return int(text)


def parse_rate(text: str, option: str) -> float:
    """Requests per second, above zero and at most a million.

    Raises:
        BenchrigError: anything else.
    """
    if not re.fullmatch(r"\d+(\.\d+)?", text.strip()) or not 0 < float(text) <= RATE_MAX:
        raise BenchrigError(
            f"'{text}' is not a rate of up to {RATE_MAX:,} per second", where=option
        )
    return float(text)


def parse_percent(text: str, option: str) -> float:
    """A share above 0 and below 1 from ``2%`` or ``2``.

    Raises:
        BenchrigError: anything else.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%?", text.strip())
    if not found or not 0 < float(found.group(1)) < 100:
        raise BenchrigError(f"'{text}' is no percentage", where=option, way_out="write 2%")
    return float(found.group(1)) / 100


def parse_share(text: str, option: str) -> float:
    """A share from 0 to 1 that was written in percent: ``2%``, ``0.5 %``.

    Raises:
        BenchrigError: anything else, or 100 % and more.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text.strip())
    if not found or not 0 <= float(found.group(1)) < 100:
        raise BenchrigError(
            f"'{text}' is no share below 100 %", where=option, way_out="write 2% or 0.5%"
        )
    return float(found.group(1)) / 100


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """Names to values from ``name=value``, as ``--set`` takes them.

    Raises:
        BenchrigError: no equals sign, or a name given twice.
    """
    settings: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise BenchrigError(
                f"'{text}' is not name=value", where="--set", way_out="write --set seconds=0.25"
            )
        if name in settings:
            raise BenchrigError(f"'{name}' is given twice", where="--set")
        settings[name] = value
    return settings


def format_seconds(seconds: float) -> str:
    """Three significant digits with the unit that fits: 734 µs, 12.3 ms, 1.50 s."""
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if seconds * factor < 999.5:
            return f"{_three_digits(seconds * factor)} {unit}"
    return f"{_three_digits(seconds)} s"


def format_span(seconds: float) -> str:
    """A time to wait for, coarsely: 45 s, 12 min, 1 h 20 min."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def format_bytes(count: float) -> str:
    """Three significant digits in a binary unit: 812 B, 56.1 MiB."""
    for unit in BINARY[:-1]:
        if count < 1000:
            return f"{_three_digits(count)} {unit}"
        count /= 1024
    return f"{_three_digits(count)} {BINARY[-1]}"


def format_count(value: float) -> str:
    """A rate or count with thousands apart: 23,410, or 3.95 when it is small."""
    return f"{value:,.0f}" if value >= 1000 else _three_digits(value)


def _three_digits(value: float) -> str:
    if value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"
