"""A report as Markdown, for a pull request."""

from collections.abc import Iterable

from benchrig.report.document import Document, Section, Table

SPECIAL = "\\`*_{}[]<>|#~"


def render(document: Document) -> str:
    """Finding, notes and tables; plots and what can be opened stay in the HTML report."""
    lines = [f"# {escape(document.title)}", "", f"**{escape(document.finding)}**", ""]
    lines += [escape(document.about), ""] if document.about else []
    lines += [f"> {escape(note)}\n>" for note in document.notes]
    for section in document.sections:
        lines += _section(section)
    return "\n".join(lines).rstrip("\n") + "\n"


def table_lines(table: Table) -> list[str]:
    """A table; its caption stands above."""
    lines = [f"_{escape(table.caption)}_", ""] if table.caption else []
    lines.append(_row(header.lstrip(">") for header in table.headers))
    lines.append(_line("--:" if h.startswith(">") else "---" for h in table.headers))
    return [*lines, *(_row(row) for row in table.rows), ""]


def escape(text: str) -> str:
    """Text in which nothing is markup and no line ends."""
    escaped = "".join(f"\\{c}" if c in SPECIAL else c for c in text)
    return " ".join(escaped.split())


def _section(section: Section) -> list[str]:
    only_plots = (section.parts or section.charts) and not section.tables
    if only_plots or not (section.text or section.tables or section.code):
        return []
    lines = ["", f"## {escape(section.title)}", ""]
    for text in section.text:
        lines += [escape(text), ""]
    for table in section.tables:
        lines += table_lines(table)
    if section.code:
        lines += [*(f"    {' '.join(line.split())}" for line in section.code), ""]
    return lines


def _row(cells: Iterable[str]) -> str:
    return _line(escape(cell) for cell in cells)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
