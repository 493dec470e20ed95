"""A run of many cells in the terminal: a table, what does not count, and the findings."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchrig.contract.spec import plain
from benchrig.report.terminal import simple_table
from benchrig.suite.outcome import CellOutcome
from benchrig.suite.shapes import ShapeFinding
from benchrig.units import format_bytes, format_count, format_seconds

FIGURES = re.compile(r"[+-]?\d[\d,.]*")
STYLES = {"seen": "bold green", "not seen": "bold red", "no data": "bold yellow", "told": "bold"}


def show_cells(console: Console, cells: Sequence[CellOutcome]) -> None:
    """One row for each cell: medians over the trials that count; then what is in doubt."""
    console.print(cells_table(cells))
    for each in cells:
        for trial in each.trials:
            if trial.refused:
                text = f"  trial {trial.number}, {each.cell.title}: does not count: {trial.refused}"
                console.print(Text(text, style="red"), soft_wrap=True)
        if doubts := _doubts(each):
            console.print(Text(doubts, style="yellow"), soft_wrap=True)


def _doubts(each: CellOutcome) -> str:
    """Reasons why trials of a cell are suspect; those that differ in figures only are told once."""
    suspect = [trial for trial in each.trials if trial.grade == "suspect"]
    if not suspect:
        return ""
    weight = "suspect" if suspect[0] in each.counted else "suspect and left out"
    kinds: dict[str, list[tuple[int, str]]] = {}
    for trial in suspect:
        for text in trial.doubts:
            kinds.setdefault(FIGURES.sub("", text), []).append((trial.number, text))
    told = [_doubt(found) for found in kinds.values()]
    return f"  {each.cell.title}: {len(suspect)} of {len(each.trials)} {weight}: {'; '.join(told)}"


def _doubt(found: Sequence[tuple[int, str]]) -> str:
    number, text = found[0]
    more = f", {len(found) - 1} more alike" if len(found) > 1 else ""
    return f"trial {number}: {text}{more}"


def _counted(cells: Sequence[CellOutcome]) -> str:
    return " or ".join(dict.fromkeys(each.cell.plan.counted for each in cells)) or "requests"


def cells_table(cells: Sequence[CellOutcome]) -> Table:
    """The table alone."""
    swept = list(dict.fromkeys(name for each in cells for name in each.cell.swept))
    parts = any(each.cell.part for each in cells)
    headers = [*(["part"] if parts else []), "case", *(f">{name}" for name in swept)]
    what = _counted(cells)
    headers += [f">{what}/s", ">mean latency", f">CPU per {what[:-1]}", ">app memory", ">trials"]
    headers += ["limited by"]
    return simple_table(headers, [_row(each, swept, parts) for each in cells])


def _row(each: CellOutcome, swept: Sequence[str], parts: bool) -> list[str]:
    cell = each.cell
    places = [plain(cell.axes[name]) if name in cell.axes else "" for name in swept]
    rate, mean = each.median("requests_per_second"), each.median("mean_seconds")
    cpu, memory = each.median("cpu_seconds_per_request"), each.median("app_memory_bytes")
    return [
        *([cell.part] if parts else []),
        cell.case,
        *places,
        format_count(rate) if rate is not None else "-",
        format_seconds(mean) if mean is not None else "-",
        format_seconds(cpu) if cpu is not None else "-",
        format_bytes(memory) if memory is not None else "-",
        f"{len(each.counted)} of {len(each.trials)}",
        each.limit or "-",
    ]


def show_shapes(console: Console, found: Sequence[ShapeFinding]) -> None:
    """The findings of a suite, each with its figures."""
    for each in found:
        line = Text("  ").append(f"{each.word:<9}", style=STYLES[each.word]).append(each.says)
        console.print(line.append(f"\n{'':11}{each.figures}", style="dim"))
