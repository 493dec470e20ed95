"""``fab site``: all stored runs as static pages."""

import time
from pathlib import Path

from benchrig.commands import context
from benchrig.commands.history import read_floor
from benchrig.site.build import build

FOLDER = "site"


def site(output: str, floor: str) -> None:
    """Write the site, and say where it is and how long it took."""
    console = context.make_console()
    results = context.results_directory()
    place = Path(output) if output else results / FOLDER
    begin = time.monotonic()
    cells = build(results, place.absolute(), read_floor(floor))
    took = time.monotonic() - begin
    told = f"{len(cells)} cells in {took:.1f} s: {place.absolute() / 'index.html'}"
    console.print(told, highlight=False, soft_wrap=True)
