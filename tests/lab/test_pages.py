"""Reports in a real browser: they draw, they reach for nothing, and everybody can read them."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from benchrig.commands.report import write_report
from benchrig.site.build import build
from benchrig.store.floors import Floors
from tests.lab.browser import Seen, new_page, serious_faults
from tests.synthetic import Made, make_run

STACKS = {"aiohttp": (9000.0, 60e-6), "quart-uvloop": (4000.0, 200e-6), "flask-sync": (700.0, 9e-4)}
SWEEP = (16, 64, 128, 256)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a suite of 12 cells and 5 repeats."""
    cells = [
        Made(name, rate * (1 - 0.5 ** (connections / 16)), cpu, connections)
        for name, (rate, cpu) in STACKS.items()
        for connections in SWEEP
    ]
    return write_report(make_run(tmp_path_factory.mktemp("results"), cells, repeats=5))


def opened(browser: Browser, path: Path, scheme: str) -> tuple[Page, Seen]:
    """The page from disk, in light or dark, with everything that can be opened open."""
    page, seen = new_page(browser, scheme)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.wait_for_function(
        "document.querySelectorAll('figure.chart').length"
        " === document.querySelectorAll('figure.chart canvas').length"
    )
    return page, seen


def test_the_report_of_a_suite_is_small(report: Path) -> None:
    assert report.stat().st_size <= 1_500_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_plot_is_drawn_and_nothing_is_asked_for(
    browser: Browser, report: Path, scheme: str
) -> None:
    page, seen = opened(browser, report, scheme)
    assert page.locator("figure.chart canvas").count() >= 60 * 4
    assert seen.said == []
    assert [url for url in seen.asked if not url.startswith("data:")] == [report.as_uri()]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Browser, report: Path, scheme: str) -> None:
    page, _ = opened(browser, report, scheme)
    assert serious_faults(page) == []
    page.close()


def test_the_crosshair_moves_by_keyboard_in_all_plots_of_a_trial(
    browser: Browser, report: Path
) -> None:
    page, _ = opened(browser, report, "light")
    trial = page.locator("details").first
    trial.locator(".plot").first.focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    moments = trial.locator(".legend tr:first-child th:last-child").all_inner_texts()
    assert len(moments) == 4
    assert moments[:2] == ["at 2", "at 2"]
    assert all(text.startswith("at ") for text in moments)
    page.close()


def test_dragging_zooms_all_plots_of_a_trial(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report, "light")
    plot = page.locator("details").first.locator(".u-over").first
    plot.scroll_into_view_if_needed()
    place = plot.bounding_box()
    assert place
    page.mouse.move(place["x"] + 100, place["y"] + 50)
    page.mouse.down()
    page.mouse.move(place["x"] + 200, place["y"] + 60, steps=4)
    page.mouse.up()
    spans = "[...BenchrigChart.every].slice(0, 5).map(c => c.u.scales.x.max - c.u.scales.x.min)"
    found = page.evaluate(spans)
    assert found[0] < 10
    assert len(set(found[:4])) == 1
    assert found[4] == 20  # of the next trial, which has a time of its own
    page.close()


def test_it_prints_dark_on_white(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report, "dark")
    colour = "BenchrigChart.css('--ink')"
    assert page.evaluate(colour) == "#e8ebee"
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(colour) == "#1b1f24"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(colour) == "#e8ebee"
    assert page.pdf()
    page.close()


def test_a_hostile_name_is_only_a_name(browser: Browser, tmp_path: Path) -> None:
    path = make_run(tmp_path, [Made("aiohttp", 900.0, 1e-3)], seconds=2)
    evil = "</script><img src=x onerror=document.title='owned'><b>"
    for file in (*path.glob("*.json"), *path.glob("trials/*/raw.json")):
        safe = evil.replace('"', '\\"')
        file.write_text(file.read_text().replace('"aiohttp', f'"{safe}aiohttp'))
    page, seen = opened(browser, write_report(path), "light")
    assert page.title() != "owned"
    assert page.locator("img, b").count() == 0
    assert seen.said == []
    page.close()


def test_the_site_filters_sorts_and_compares_from_disk(browser: Browser, tmp_path: Path) -> None:
    for day in range(3):
        cells = [Made(name, rate, cpu) for name, (rate, cpu) in STACKS.items()]
        make_run(tmp_path, cells, repeats=2, seconds=1, day=day)
    build(tmp_path, tmp_path / "site", Floors({}, {}, 0.02))
    page, seen = new_page(browser)
    page.goto((tmp_path / "site/index.html").as_uri())
    page.locator("#search").fill("c64")
    assert page.locator("#told").inner_text() == "3 of 3 cells"
    page.get_by_role("button", name="requests/s").click()
    first = page.locator("#cells tbody tr").first
    assert "aiohttp" in first.inner_text()
    page.locator("#cells input").nth(0).check()
    page.locator("#cells input").nth(2).check()
    assert "ratio" in page.locator("#pair").inner_text()
    page.locator("[data-column=app]").select_option("flask")
    assert page.locator("#cells tbody tr").count() == 1
    assert seen.said == []
    assert all(url.startswith(tmp_path.as_uri()) for url in seen.asked)
    assert serious_faults(page) == []
    page.goto(next((tmp_path / "site/cell").glob("aiohttp*")).as_uri())
    page.locator("figure.chart canvas").wait_for()
    assert serious_faults(page) == []
    page.close()
