"""fortunes: all rows of Fortune and one more, sorted, escaped, as an HTML table."""

import html.parser
import random

from benchrig.contract.dataset import ADDED_FORTUNE, FORTUNES
from benchrig.contract.http import Answer, Request
from benchrig.contract.spec import (
    Change,
    Contract,
    Question,
    Statements,
    Target,
    content_type_fault,
    status_fault,
)

CHANGED = 3


def sorted_rows(fortunes: dict[int, str]) -> list[tuple[str, str]]:
    """The page's rows: these and the one that is added, by message."""
    rows = {**fortunes, 0: ADDED_FORTUNE}.items()
    return sorted(((str(row), text) for row, text in rows), key=lambda row: row[1])


WANTED = sorted_rows(FORTUNES)


class _Table(html.parser.HTMLParser):
    """Collects the cells of each row, and every tag, as a browser would see them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.declaration = ""
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_decl(self, decl: str) -> None:
        self.declaration = decl.lower()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._in_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def _fault(answer: Answer, wanted: list[tuple[str, str]]) -> str:
    wrong = status_fault(answer) or content_type_fault(answer, "text/html", "required")
    if wrong:
        return wrong
    try:
        text = answer.body.decode()
    except UnicodeDecodeError as error:
        return f"the body is not UTF-8: {error}"
    table = _Table()
    table.feed(text)
    return _table_fault(table, wanted)


def _table_fault(table: _Table, wanted: list[tuple[str, str]]) -> str:
    if table.declaration != "doctype html":
        return "there is no <!doctype html>"
    if "script" in table.tags:
        return "the fortune with <script> is not escaped"
    if table.rows[:1] != [["id", "message"]]:
        return f"the table's head is {table.rows[:1]}"
    rows = [(row[0], row[-1]) for row in table.rows[1:] if len(row) == 2]
    if sorted(rows) != sorted(wanted):
        missing = sorted(set(wanted) - set(rows)) or sorted(set(rows) - set(wanted))
        return f"{len(rows)} rows, {len(wanted)} wanted; first difference: {missing[:1]}"
    return "" if rows == wanted else "the rows are not sorted by message"


def page(target: Target) -> Question:
    """The one page there is."""
    return Question(Request(target.at()), lambda answer: _fault(answer, WANTED))


def message(key: int) -> str:
    """To be escaped, and sorted behind all capital letters, where no dictionary has it."""
    return f"a <b>{key}</b>"


def change_sql(key: int) -> str:
    """Put that message in the place of another."""
    return f"UPDATE fortune SET message = '{message(key)}' WHERE id = {CHANGED}"


def changed(target: Target, key: int) -> Question:
    """The page with that message."""
    wanted = sorted_rows({**FORTUNES, CHANGED: message(key)})
    return Question(Request(target.at()), lambda answer: _fault(answer, wanted))


def ask(target: Target, _: random.Random) -> Question:
    """There is nothing to choose."""
    return page(target)


CONTRACT = Contract(
    ask,
    statements=Statements(page, "fortune", reads=1, rows=12),
    change=Change(change_sql, changed),
)
