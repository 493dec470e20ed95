"""``fab site``: all stored runs as static pages."""

import time
from pathlib import Path

from benchrig.commands import context
from benchrig.commands.floors import floors
from benchrig.site.build import build

FOLDER = "site"


def site(output: str, floor: str) -> None:
    """Write the site, and say where it is and how long it took."""
    console = context.make_console()
    results = context.results_directory()
    place = Path(output) if output else results / FOLDER
    begin = time.monotonic()
    cells = build(results, place.absolute(), floors(results, floor))
    took = time.monotonic() - begin
    for told in sorted({f"{cell.rig}: {cell.series.floor.told}" for cell in cells}):
        console.print(told, highlight=False, soft_wrap=True, markup=False)
    told = f"{len(cells)} cells in {took:.1f} s: {place.absolute() / 'index.html'}"
    console.print(told, highlight=False, soft_wrap=True)
