"""Rows of text as a table in the terminal."""

from collections.abc import Iterable

from rich import box
from rich.table import Table
from rich.text import Text


def simple_table(headers: Iterable[str], rows: Iterable[Iterable[str | Text]]) -> Table:
    """A plain table; headers that begin with > are right-aligned. No text in it is markup."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        right = header.startswith(">")
        table.add_column(header.lstrip(">"), justify="right" if right else "left")
    for row in rows:
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return table
