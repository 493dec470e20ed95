"""Judging rows of World in answers."""

from benchrig.contract.dataset import WORLD_ROWS, world_number


def row_fault(row: object) -> str:
    """What is wrong with one row as JSON: it must be an object of two numbers in range."""
    if not isinstance(row, dict) or set(row) != {"id", "randomNumber"}:
        return "not an object of id and randomNumber"
    for key, value in row.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= WORLD_ROWS:
            return f"{key} is {value!r}, not a number from 1 to {WORLD_ROWS}"
    return ""


def stored_row_fault(row: object) -> str:
    """What is wrong with one row that must be as the dataset has it."""
    fault = row_fault(row)
    if fault or not isinstance(row, dict):
        return fault
    wanted = world_number(row["id"])
    given = row["randomNumber"]
    return "" if given == wanted else f"row {row['id']} holds {wanted}, not {given}"


def rows_fault(rows: object, count: int, *, stored: bool) -> str:
    """What is wrong with a list of rows: their number, or the first bad one."""
    if not isinstance(rows, list):
        return "not a list"
    if len(rows) != count:
        return f"{len(rows)} rows, not {count}"
    faults = (stored_row_fault(row) if stored else row_fault(row) for row in rows)
    return next((fault for fault in faults if fault), "")


def row_counts() -> dict[str, int]:
    """What is asked for, and how many rows come: TechEmpower's five cases and the range's ends."""
    return {"2": 2, "0": 1, "foo": 1, "501": 500, "": 1, "1": 1, "500": 500, "-3": 1, "20": 20}


HOSTILE_NUMBERS = (
    "%00",
    "1%00",
    "-99999999999999999999",
    "9" * 5000,
    "1e9",
    "0x10",
    "nan",
    "%F0%9F%92%A9",
    "%FF%FE",
    "1;DROP%20TABLE%20world",
    "1%27%20OR%20%271%27=%271",
    "%D9%A3",  # a digit, but an Arabic one
)
