"""Quantities in and out."""

import pytest

from benchrig.errors import BenchrigError
from benchrig.units import format_bytes, format_count, format_seconds, parse_count, parse_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("15", 15.0), ("15s", 15.0), ("250ms", 0.25), ("2m", 120.0), ("1.5h", 5400.0)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_seconds(text, "--duration") == seconds


@pytest.mark.parametrize("text", ["abc", "", "0", "-3s", "5 minutes", "1e3"])
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(BenchrigError, match=r"--duration: '.*' is not a duration above zero"):
        parse_seconds(text, "--duration")


@pytest.mark.parametrize("text", ["0", "-1", "many", "", "1.5", "65"])
def test_counts_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(BenchrigError, match="is not a whole number from 1 to 64"):
        parse_count(text, "--workers", 64)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.000734, "734 µs"),
        (0.0123, "12.3 ms"),
        (0.9999, "1.00 s"),
        (1.5, "1.50 s"),
        (0, "0.00 µs"),
    ],
)
def test_seconds_are_written_with_three_digits(seconds: float, text: str) -> None:
    assert format_seconds(seconds) == text


def test_bytes_and_counts_are_written_for_people() -> None:
    assert format_bytes(58_800_000) == "56.1 MiB"
    assert format_bytes(812) == "812 B"
    assert format_count(23410.4) == "23,410"
    assert format_count(3.946) == "3.95"
