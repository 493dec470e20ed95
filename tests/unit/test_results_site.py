"""The site: whole, small on its first page, and harmless whatever the names in it are."""

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from benchrig.errors import BenchrigError
from benchrig.site.build import build
from benchrig.site.cells import file_name, site_cells
from benchrig.site.data import FIRST, chunks
from benchrig.store import foreign
from benchrig.store.floors import Floors
from benchrig.store.foreign import Foreign
from benchrig.store.index import Index
from tests.synthetic import Made, make_run

FLOORS = Floors({}, {}, 0.02)
EVIL = '"><script>alert(1)</script>'
CELLS = [Made("aiohttp", 900.0, 1e-4), Made("quart-uvloop", 500.0, 2e-4)]


class Links(HTMLParser):
    """Every place that a page leads to or loads from."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect ``href`` and ``src``."""
        del tag
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


def rows_of(script: str) -> list[list[object]]:
    """The rows of one of the table's scripts."""
    told = json.loads(script.removeprefix("benchrigCells(").removesuffix(");\n"))
    rows: list[list[object]] = told["rows"]
    return rows


def test_every_link_of_every_page_leads_somewhere(tmp_path: Path) -> None:
    results, output = tmp_path / "results", tmp_path / "site"
    for day in range(2):
        path = make_run(results, CELLS, repeats=2, seconds=1, day=day)
    (path / "report.html").write_text("report")
    assert len(build(results, output, FLOORS)) == 2
    pages = list(output.rglob("*.html"))
    assert len(pages) == 1 + 2 + 2 + 1
    for page in pages:
        links = Links()
        links.feed(page.read_text())
        for link in links.found:
            assert link == "data:," or (page.parent / unquote(link)).is_file(), f"{page}: {link}"


def test_a_site_is_replaced_and_a_folder_of_somebody_else_is_not(tmp_path: Path) -> None:
    results, output = tmp_path / "results", tmp_path / "site"
    make_run(results, CELLS, seconds=1)
    build(results, output, FLOORS)
    (output / "cell" / "old.html").touch()
    build(results, output, FLOORS)
    assert not (output / "cell" / "old.html").exists()
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").touch()
    with pytest.raises(BenchrigError, match="is not empty and holds no site of ours"):
        build(results, tmp_path / "home", FLOORS)


def test_an_empty_store_makes_an_empty_site(tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    assert build(tmp_path / "results", tmp_path / "site", FLOORS) == []
    assert rows_of((tmp_path / "site/data/cells-0.js").read_text()) == []


def test_the_first_page_holds_the_newest_cells_and_later_ones_are_loaded(tmp_path: Path) -> None:
    path = make_run(tmp_path, [CELLS[0]], seconds=1)
    with Index(tmp_path) as index:
        (cell,) = site_cells(index.every_trial(), FLOORS)
    assert cell.run_id == path.name
    parts = chunks([cell] * (FIRST + 5))
    assert [(p.name, len(rows_of(p.text))) for p in parts] == [
        ("cells-0.js", FIRST),
        ("cells-1.js", 5),
    ]
    assert len(parts[0].text) < 300_000


def test_names_of_other_people_stay_names(tmp_path: Path) -> None:
    results, output = tmp_path / "results", tmp_path / "site"
    file = tmp_path / "x.txt"
    file.write_text("Running 1s test @ http://x\n" + WRK)
    foreign.store(file, results, Foreign("wrk", EVIL, "../../etc", 10))
    build(results, output, FLOORS)
    assert [p.name for p in tmp_path.iterdir() if p.name == "etc"] == []
    for page in output.rglob("*"):
        if page.suffix in (".html", ".js", ".svg") and "assets" not in page.parts:
            assert "<script>alert" not in page.read_text(), page
    (badge,) = (output / "badge").iterdir()
    ElementTree.fromstring(badge.read_text())  # noqa: S314 - we wrote it


def test_two_cells_never_share_a_file() -> None:
    names = {
        file_name("a/b", "r", "5 s"),
        file_name("a-b", "r", "5 s"),
        file_name("a/b", "s", "5 s"),
    }
    names |= {file_name("a/b", "r", "9 s"), file_name("", "", "")}
    assert len(names) == 5
    assert all(name.replace("-", "").isalnum() for name in names)


WRK = """  1 threads and 10 connections
    Latency     3.71ms    3.76ms  37.01ms   92.77%
  19986 requests in 1.03s, 3.56MB read
"""
