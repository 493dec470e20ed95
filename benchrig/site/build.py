"""Write the site: a folder that is whole, and replaces the one before."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from benchrig.dashboards.assets import FOLDER, LICENCE, SCRIPTS
from benchrig.errors import BenchrigError
from benchrig.report.html import styles
from benchrig.site.badge import badge
from benchrig.site.cells import SiteCell, site_cells
from benchrig.site.data import chunks
from benchrig.site.pages import cell_page, first_page, run_page, trial_row, trial_table
from benchrig.store.floors import Floors
from benchrig.store.index import Index, IndexedRun, IndexedTrial
from benchrig.store.run import SAFE_NAME

OURS = Path(__file__).with_name("assets")
MARKER = ".benchrig-site"


def build(results: Path, output: Path, floors: Floors) -> list[SiteCell]:
    """Write all pages; what stood there before goes when the new ones are complete.

    Raises:
        BenchrigError: the folder holds something else than a site of ours.
    """
    _require_ours(output)
    with Index(results) as index:
        runs, trials = index.runs(), index.every_trial()
    cells = site_cells(trials, floors)
    partial = output.with_name(f".{output.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for folder in ("assets", "data", "cell", "badge", "run"):
        (partial / folder).mkdir(parents=True)
    (partial / MARKER).touch()
    _assets(partial / "assets")
    parts = chunks(cells)
    for part in parts:
        (partial / "data" / part.name).write_text(part.text)
    page = first_page(cells, len(runs), len(trials), [part.name for part in parts])
    (partial / "index.html").write_text(page)
    _cells(partial, cells)
    _runs(partial / "run", results, runs, trials)
    shutil.rmtree(output, ignore_errors=True)
    partial.rename(output)
    return cells


def _require_ours(output: Path) -> None:
    if output.exists() and any(output.iterdir()) and not (output / MARKER).exists():
        raise BenchrigError(
            "is not empty and holds no site of ours",
            where=str(output),
            way_out="name another folder with --output",
        )


def _assets(folder: Path) -> None:
    (folder / "page.css").write_text(styles() + (OURS / "site.css").read_text())
    shutil.copyfile(OURS / "site.js", folder / "site.js")
    for name in (*SCRIPTS, LICENCE):
        shutil.copyfile(FOLDER / name, folder / name)


def _cells(folder: Path, cells: Iterable[SiteCell]) -> None:
    for cell in cells:
        (folder / "cell" / f"{cell.name}.html").write_text(cell_page(cell))
        (folder / "badge" / f"{cell.name}.svg").write_text(badge(cell))


def _runs(
    folder: Path, results: Path, runs: Iterable[IndexedRun], trials: Iterable[IndexedTrial]
) -> None:
    rows: dict[str, list[tuple[str, ...]]] = {}
    for trial in trials:
        rows.setdefault(trial.run.run_id, []).append(trial_row(trial.summary))
    for run in runs:
        if not SAFE_NAME.fullmatch(run.run_id):
            continue  # a folder somebody put there: it is no run that we could link to
        place = folder / run.run_id
        place.mkdir()
        report = results / run.run_id / "report.html"
        if report.is_file():
            shutil.copyfile(report, place / "report.html")
        table = trial_table(rows.get(run.run_id, []))
        page = run_page(run, table, report=report.is_file())
        (place / "index.html").write_text(page)
