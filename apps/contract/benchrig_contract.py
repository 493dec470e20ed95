"""What every app is told and shares: its settings, the SQL it runs, and how it reads a number."""

import math
import os
import random
from pathlib import Path

DATABASE_URL = os.environ["DATABASE_URL"]
PEER_URL = os.environ["PEER_URL"]
POOL_SIZE = int(os.environ["POOL_SIZE"])
TEMPLATES = Path(__file__).parent / "templates"

WORLD_ROWS = 10_000
ROWS_MAX = 500
SECONDS_MAX = 10.0
URLS_MAX = 100
CHUNK_BYTES = 65_536
# Longer than any wait the contract allows, so that an unreachable peer is an error and no hang.
OUTGOING_TIMEOUT_SECONDS = 15.0

SELECT_WORLD = "SELECT id, randomnumber FROM world WHERE id = $1"
UPDATE_WORLD = "UPDATE world SET randomnumber = $1 WHERE id = $2"
SELECT_FORTUNES = "SELECT id, message FROM fortune"
SELECT_BRANDS = "SELECT brand_id, brand_name FROM brand"
ADDED_FORTUNE = "Additional fortune added at request time."


class BadInput(ValueError):
    """The request asks for something outside the contract: a 4xx answer."""

    status_code = 400


def row_count(text: str | None) -> int:
    """How many rows: TechEmpower's rule, 1 to 500, and 1 for what is no number."""
    try:
        return min(max(int(text or "1"), 1), ROWS_MAX)
    except ValueError:
        return 1


def random_id() -> int:
    """One row."""
    return random.randint(1, WORLD_ROWS)  # noqa: S311 - no secret


def random_ids(count: int) -> list[int]:
    """Different rows in ascending order.

    Two transactions that write them row by row can not deadlock. One statement that writes them
    all, such as Django's bulk_update, locks them in the order in which its plan finds them.
    """
    return sorted(random.sample(range(1, WORLD_ROWS + 1), count))


def random_number() -> int:
    """A new number for one row."""
    return random.randint(1, WORLD_ROWS)  # noqa: S311 - no secret


def wait_seconds(text: str | None) -> float:
    """How long to wait: 0 to 10 s, 0.1 s when nothing is said."""
    try:
        seconds = float(text or "0.1")
    except ValueError as error:
        raise BadInput("seconds is no number") from error
    if not math.isfinite(seconds) or not 0 <= seconds <= SECONDS_MAX:
        raise BadInput(f"seconds is not from 0 to {SECONDS_MAX:g}")
    return seconds


def whole_number(name: str, value: object) -> int:
    """A whole number from text or JSON."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadInput(f"{name} is no whole number")
    try:
        number = int(value)
    except ValueError as error:
        raise BadInput(f"{name} is no whole number") from error
    if not 0 <= number < 2**53:
        raise BadInput(f"{name} is not from 0 to 2**53")
    return number


def body_number(document: object) -> int:
    """The number that a request's JSON body carries."""
    if not isinstance(document, dict):
        raise BadInput("the body is no JSON object")
    return whole_number("number", document.get("number"))


def wait_urls(urls: str | None, seconds: str | None, number: str | None) -> list[str]:
    """The peer's addresses that one request is fanned out to, numbered from ``number``."""
    count = whole_number("urls", urls or "2")
    if not 1 <= count <= URLS_MAX:
        raise BadInput(f"urls is not from 1 to {URLS_MAX}")
    wait, first = wait_seconds(seconds), whole_number("number", number or "1")
    return [f"{PEER_URL}/wait?seconds={wait:g}&number={first + index}" for index in range(count)]
