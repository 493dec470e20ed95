"""``fab report``: a stored run as one HTML file, as Markdown, or in the terminal."""

from pathlib import Path

from benchrig.commands import context
from benchrig.commands.places import write_out
from benchrig.errors import BenchrigError, nearest
from benchrig.report import html, markdown
from benchrig.report.build import Judged, build
from benchrig.report.document import Document
from benchrig.report.terminal import show_document
from benchrig.store.derived import derived_of
from benchrig.store.run import find_run, read_run

FORMATS = {"html": html.render, "md": markdown.render}


def report(name: str, form: str, output: str, against: str) -> None:
    """Write the report of a run, and say where it is."""
    console = context.make_console()
    if form not in (*FORMATS, "terminal"):
        known = (*FORMATS, "terminal")
        raise BenchrigError(f"'{form}' is unknown", where="--format", way_out=nearest(form, known))
    results = context.results_directory()
    path = find_run(results, name or "last")
    document = build(_judged(path), _judged(find_run(results, against)) if against else None)
    if form == "terminal":
        show_document(console, document)
        return
    place = Path(output) if output else path / f"report.{form}"
    write(document, place, form)
    console.print(f"report: {place.resolve()}", highlight=False, soft_wrap=True)


def write_report(path: Path) -> Path:
    """The HTML report of a run, beside its record."""
    place = path / "report.html"
    write(build(_judged(path)), place, "html")
    return place


def write(document: Document, place: Path, form: str) -> None:
    """Render and write.

    Raises:
        BenchrigError: the folder is not there or can not be written.
    """
    write_out(place, FORMATS[form](document).encode(errors="replace"))


def _judged(path: Path) -> Judged:
    return Judged(read_run(path), derived_of(path))
