"""``fab history``: the cells that are stored, and one of them over time."""

import math
import time
from collections.abc import Sequence

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.floors import floors
from benchrig.compare.primary import RATE_GIVEN
from benchrig.errors import BenchrigError, close_to
from benchrig.history.gate import OUTCOMES, Outcome, outcome_of
from benchrig.history.series import Point, Series, series_of
from benchrig.report.simple import simple_table
from benchrig.store.index import Index, KnownCell
from benchrig.units import format_count, format_seconds

SHOWN = 40  # cells of a list, unless all are asked for


def history(cell: str, outcome: str, floor: str, every: bool) -> None:
    """Show every run of one cell and where its level changed; without a cell, which there are."""
    console, results = context.make_console(), context.results_directory()
    chosen, noise = outcome_of(outcome), floors(results, floor)
    with Index(results) as index:
        known = index.cells()
        if not cell:
            _list(console, known, every)
            return
        found = index.history(_only(console, cell, known, every))
    for series in series_of(found, chosen, noise):
        _show(console, series, chosen)


def _list(console: Console, cells: Sequence[KnownCell], every: bool) -> None:
    if not cells:
        console.print("no cell is stored; `fab bench --variant quart-uvloop` makes one")
        return
    shown = sorted(cells, key=lambda each: -each.newest_unix)[: None if every else SHOWN]
    rows = [
        [each.name, each.place, each.window, str(each.runs), str(each.trials), _day(each)]
        for each in shown
    ]
    headers = ["cell", "rig", "measured", ">runs", ">trials", "newest"]
    console.print(simple_table(headers, rows))
    left = len(cells) - len(shown)
    more = f"; {left} more, older: --all" if left else ""
    console.print(f"{len(shown)} of {len(cells)}{more}", highlight=False)
    console.print("one of them over time: fab history --cell CELL", highlight=False)


def _day(cell: KnownCell) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(cell.newest_unix))


def _only(console: Console, wanted: str, cells: Sequence[KnownCell], every: bool) -> str:
    """The one cell that fits; those that do are listed where several do."""
    names = {each.name for each in cells}
    fitting = [n for n in names if n == wanted] or [n for n in names if wanted in n]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        _list(console, [each for each in cells if wanted in each.name], every)
        fault, way_out = f"{len(fitting)} cells fit '{wanted}'", "name one of those listed"
    else:
        parts = {part for name in names for part in name.split("/")}
        hint = close_to(wanted, names) or close_to(wanted, parts)
        fault, way_out = f"no stored cell fits '{wanted}'", hint or "`fab history` lists them"
    raise BenchrigError(fault, where="--cell", way_out=way_out)


def _show(console: Console, series: Series, outcome: Outcome) -> None:
    head = f"\n{series.place}, trials of {series.window}, {OUTCOMES[outcome]}"
    console.print(head, highlight=False, markup=False)
    at = {change.index: change for change in series.changes}
    rows = []
    for number, point in enumerate(series.points):
        change = at.get(number)
        told = f"{math.expm1(change.log_ratio):+.1%} from here on" if change else ""
        rows.append(_row(point, outcome, told))
    console.print(simple_table(["run", "when", ">trials", ">median", "changed"], rows))
    if series.rate_given:
        console.print(f"{RATE_GIVEN}: --of cpu shows what it cost", highlight=False)
        return
    count = len(series.changes)
    told = f"{count or 'no'} change{'' if count == 1 else 's'} of level beyond the noise"
    console.print(told, highlight=False)
    console.print(series.floor.told, highlight=False, soft_wrap=True, markup=False)


def _row(point: Point, outcome: Outcome, told: str) -> list[str]:
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime(point.begin_unix))
    value = format_count(point.value) if outcome == "throughput" else format_seconds(point.value)
    return [point.run.run_id, when, f"{point.counted} of {point.trials}", value, told]
