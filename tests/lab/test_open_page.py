"""The live page as it is left open: runs come and go, Prometheus goes away, people click about."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.fake_prometheus import Recorded, Recording, served
from tests.lab.browser import new_page
from tests.lab.test_live_page import AGES, BEGIN, CHARTS, recorded, with_frame

DRAWN = "document.querySelectorAll('.panel canvas').length >= 14"
API = "**/api/v1/query?*"


def opened(browser: Browser, address: str) -> Page:
    """The page with all its panels drawn."""
    page, _ = new_page(browser)
    page.goto(address)
    page.wait_for_function(DRAWN)
    return page


def run_that_ended(at: float, seconds: float) -> Recording:
    """A run that sent load until ``at``, seen ``seconds`` after the begin."""
    recording = recorded(int(seconds))

    def until(one: Recorded) -> Recorded:
        return Recorded(
            one.name, one.labels, lambda t: one.told(t) if t <= at else None, one.age_seconds
        )

    of_the_load = ("client", "run", "phase")
    recording.series = [
        until(one) if one.name.startswith(of_the_load) else one for one in recording.series
    ]
    recording.add("run", lambda t: 1.0 if t > at else None, AGES["load"])
    return recording


def test_dashboards_chosen_in_haste_are_asked_for_by_one_loop(browser: Browser) -> None:
    with served(recorded(60)) as told:
        page = opened(browser, told)
        for _ in range(4):
            for uid in ("benchrig-hosts", "benchrig-live"):
                page.evaluate(f"location.hash = '#{uid}'")
        page.wait_for_function(DRAWN)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(3000)  # what is looked at is what happens in a time
        page.close()
    assert 1 <= len(asked) <= 4


def test_a_page_that_is_opened_too_early_comes_up_by_itself(browser: Browser) -> None:
    with served(recorded(60)) as told:
        page, _ = new_page(browser)
        page.route("**/dashboards.json", lambda route: route.abort())
        page.goto(told)
        expect(page.locator("#trouble")).to_contain_text("Prometheus does not answer")
        expect(page.locator("#trouble")).to_contain_text("fab live")
        page.unroute("**/dashboards.json")
        page.wait_for_function(DRAWN)
        expect(page.locator("#trouble")).to_be_hidden()
        page.close()


def test_a_question_without_an_answer_is_told_with_when_it_began(browser: Browser) -> None:
    with served(recorded(60)) as told:
        page = opened(browser, told)
        page.evaluate("BenchrigSamples.PATIENCE = 300")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.route(API, lambda _: None)
        expect(page.locator("#trouble")).to_contain_text("Prometheus does not answer, since")
        first, before = page.locator("#trouble").inner_text(), len(asked)
        while len(asked) < before + 2:
            page.wait_for_event("request")
        assert page.locator("#trouble").inner_text() == first
        page.unroute(API)
        expect(page.locator("#trouble")).to_be_hidden()
        page.close()


def test_the_run_that_is_on_is_named(browser: Browser) -> None:
    with served(recorded(130)) as told:
        page = opened(browser, told)
        text = "quart, json, trial 1, measure (20261121-run)"
        expect(page.locator("#now")).to_have_text(text)
        assert page.locator(".big.old").count() == 0
        page.close()


def test_figures_of_a_run_that_has_ended_bear_their_time(browser: Browser) -> None:
    with served(run_that_ended(BEGIN + 40, 60)) as told:
        page = opened(browser, told)
        expect(page.locator("#now")).to_have_text("nothing sends load")
        rate = page.locator(".big").first
        assert re.search(r"req/s\s+at \d\d:(03:59|04:0[01])$", rate.inner_text())
        assert "at" not in page.locator(".big").nth(4).inner_text().split()  # CPU is known still
        page.close()


def test_runs_and_hosts_to_choose_from_are_those_in_view(browser: Browser) -> None:
    recording = recorded(60)
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(f"{told}?run=another")
        expect(page.locator("#now")).to_have_text("run another sent no load in this time")
        choices = "[...document.getElementById('run').options].map(o => o.value)"
        assert page.evaluate(choices) == ["", "another", "20261121-run"]
        recording.add("run", lambda _: 1.0, AGES["load"], run_id="later", trial="1", variant="v")
        page.wait_for_function(f"{choices}.includes('later')")
        assert page.evaluate("document.getElementById('run').value") == "another"
        page.locator("#run").select_option("20261121-run")
        expect(page.locator("#now")).to_have_text("quart, json (20261121-run)")
        page.close()


def test_a_zoom_is_told_and_can_be_ended_by_a_button(browser: Browser) -> None:
    with served(recorded()) as told:
        page = opened(browser, told)
        whole = page.get_by_role("button", name="show all")
        expect(whole).to_be_hidden()
        page.evaluate(f"{CHARTS}[0].group.zoom([{BEGIN + 400}, {BEGIN + 500}])")
        whole.click()
        expect(whole).to_be_hidden()
        assert page.evaluate(f"{CHARTS}[0].group.range") is None
        # What was zoomed in on has left the view: the page goes on with what is there.
        page.evaluate(f"{CHARTS}[0].group.zoom([{BEGIN}, {BEGIN + 10}])")
        page.wait_for_function(f"{CHARTS}[0].group.range === null")
        page.close()


def test_a_load_generator_that_falls_silent_under_load_is_told(browser: Browser) -> None:
    recording = with_frame(Recording(BEGIN + 200))
    away = next(one for one in recording.series if one.labels.get("job") == "load")
    recording.series.remove(away)

    def up(t: float) -> float:
        return 1.0 if BEGIN + 90 <= t < BEGIN + 120 or t > BEGIN + 123 else 0.0

    recording.add("exporter_up", up, AGES["load"], job="load", host=away.labels["host"])
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end={BEGIN + 200}")
        expect(page.locator("#silent-short")).to_contain_text(
            re.compile(rf"^load of {away.labels['host']} gave nothing in [34] s: unknown")
        )
        page.close()


def test_another_dashboard_than_the_comparison_shows_the_first_of_several_runs(
    browser: Browser,
) -> None:
    recording = recorded(60)
    for one in recording.series:
        one.labels["replay"] = "first"
    with served(recording) as told:
        page, seen = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end={BEGIN + 60}&replay=first|second")
        page.wait_for_function(DRAWN)
        asked = next(url for url in seen.asked if "benchrig" in url)
        page.close()
    assert "replay%3D%22first%22" in asked


def test_lines_of_two_hosts_that_are_called_the_same_bear_their_hosts(browser: Browser) -> None:
    recording = with_frame(Recording(BEGIN + 60))
    for host in ("app", "db"):
        recording.add("tier_cpu_share", lambda _: 0.5, AGES["rig"], tier="app", host=host)
    recording.add("tier_cpu_share", lambda _: 0.2, AGES["rig"], tier="nginx", host="nginx")
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end={BEGIN + 60}")
        spans = page.locator(".panel", has_text="CPU used of what there is").locator(".big span")
        expect(spans).to_have_text(["app on app: 50 %", "app on db: 50 %", "nginx: 20 %"])
        page.close()


def test_a_time_that_ends_before_it_begins_is_told(browser: Browser) -> None:
    with served(recorded(60)) as told:
        page, seen = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end=soon")
        expect(page.locator("#trouble")).to_contain_text("begin comes first")
        assert seen.said == []
        page.close()


def test_a_clock_of_prometheus_that_is_set_back_stops_nothing(browser: Browser) -> None:
    recording = recorded(200)
    with served(recording) as told:
        page = opened(browser, told)
        page.clock.install()
        page.reload()
        page.wait_for_function(DRAWN)
        recording.now -= 60
        page.clock.run_for(61_000)  # the clock is read anew once a minute
        end = f"{CHARTS}[0].told.x.values.at(-1)"
        page.wait_for_function(f"{end} < {BEGIN + 150}")
        expect(page.locator("#trouble")).to_be_hidden()
        page.close()


def test_a_mean_is_of_the_last_trial_in_view_and_not_of_two_after_each_other(
    browser: Browser,
) -> None:
    recording = with_frame(Recording(BEGIN + 400))
    (measure,) = [one for one in recording.series if one.name == "phase"]
    recording.series.remove(measure)

    def phase(trial: str, begin: float, end: float) -> None:
        on = measure.labels | {"trial": trial}
        recording.add("phase", lambda t: 1.0 if begin <= t <= end else None, AGES["load"], **on)

    phase("1", BEGIN + 50, BEGIN + 150)
    phase("2", BEGIN + 250, BEGIN + 350)
    recording.add(
        "client_requests_per_second", lambda t: 100.0 if t < BEGIN + 200 else 300.0, AGES["load"]
    )
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end={BEGIN + 400}")
        row = page.locator(".panel.lines", has_text="Client throughput").locator(".legend td")
        expect(row).to_have_text(["Requests answered", "300 req/s", "300 req/s", "300 req/s"])
        page.evaluate(f"{CHARTS}[0].group.zoom([{BEGIN}, {BEGIN + 180}])")
        expect(row).to_have_text(["Requests answered", "100 req/s", "100 req/s", "100 req/s"])
        page.close()


def test_a_page_left_open_grows_by_nothing(browser: Browser) -> None:
    with served(recorded(60)) as told:
        page = opened(browser, told)
        size = "[document.querySelectorAll('*').length, BenchrigChart.every.size]"
        before = page.evaluate(size)
        page.evaluate(
            f"for (let n = 0; n < 100; n += 1) for (const c of {CHARTS}) c.update({{...c.told}})"
        )
        for uid in ("benchrig-hosts", "benchrig-live"):
            page.evaluate(f"location.hash = '#{uid}'")
        page.wait_for_function(DRAWN)
        assert page.evaluate(size) == before
        page.close()
