"""The live page in a real browser, over a Prometheus whose truth is known to the test."""

import json
import math
import random
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from benchrig.dashboards.model import load_dashboards
from benchrig.signals.catalogue import find_signal
from benchrig.signals.rules import ROUNDED
from benchrig.signals.series import on_grid
from benchrig.tiers import TIERS
from tests.fake_prometheus import LIVE as DASHBOARDS
from tests.fake_prometheus import Recording, served
from tests.lab.browser import Seen, new_page, serious_faults

BEGIN = 1_795_277_000  # a whole second
SECONDS = 600
BUCKETS = ("0.001", "0.002", "0.004", "0.008", "+Inf")
AGES = {"load": 0.05, "rig": 0.85}  # seconds between a scrape and the evaluation; others 0.4
LIVE = next(d for d in load_dashboards() if d.uid == "benchrig-live")
CHARTS = "[...BenchrigChart.every]"
TIME = re.compile(r"at (\d\d:\d\d:\d\d)")


def labels_of(name: str) -> list[dict[str, str]]:
    """Labels of a signal's series, as a rig has them."""
    by = find_signal(name).by
    if "tier" in by:
        found = [{"tier": tier.name, "host": tier.name} for tier in TIERS]
    elif "le" in by:
        return [{"le": bucket} for bucket in BUCKETS]
    else:
        found = [{"host": host} for host in ("app", "db")] if "host" in by else [{}]
    rest = {name: name for name in by if name not in ("tier", "host")}
    return [one | rest for one in found]


def recorded(seconds: int = SECONDS) -> Recording:
    """All that the live dashboard shows, each series another wave."""
    recording = Recording(BEGIN + seconds)
    rng = random.Random(1)  # noqa: S311 - waves, no secret
    for name in sorted({name for panel in LIVE.panels for name in panel.signals}):
        for labels in labels_of(name):
            height = rng.uniform(0.1, 1000)
            noise = [rng.uniform(0.9, 1.1) for _ in range(seconds + 9)]
            age = AGES.get(find_signal(name).job, 0.4)
            digits = -round(math.log10(float(ROUNDED.get(find_signal(name).unit, "1"))))
            waves = [round(height * one, digits) for one in noise]

            def wave(t: float, waves: list[float] = waves) -> float:
                return waves[int(t - BEGIN) % len(waves)]

            recording.add(name, wave, age, **labels)
    return with_frame(recording)


def always(value: float, _: float) -> float:
    """The same at every moment."""
    return value


def with_frame(recording: Recording) -> Recording:
    """What the page always asks for: runs, phases, and who answered when."""
    trial = {"run_id": "20261121-run", "trial": "1", "variant": "quart", "workload": "json"}
    recording.add("run", lambda _: 1.0, AGES["load"], **trial)
    recording.add(
        "phase",
        lambda t: 1.0 if BEGIN + 100 <= t <= BEGIN + 500 else None,
        AGES["load"],
        phase="measure",
        **trial,
    )
    hosts = {*(tier.name for tier in TIERS), "app", "db"}
    for job in ("load", "rig", "node", "postgres", "nginx", "process"):
        for host in hosts:
            age = AGES.get(job, 0.4)
            recording.add("exporter_up", lambda _: 1.0, age, job=job, host=host)
            recording.add("scrape_age_seconds", partial(always, age), 0.0, job=job, host=host)
    return recording


@pytest.fixture
def address() -> Iterator[str]:
    """Ten minutes of a run."""
    with served(recorded()) as told:
        yield f"{told}?begin={BEGIN}&end={BEGIN + SECONDS}"


def opened(browser: Browser, address: str, scheme: str = "light") -> tuple[Page, Seen]:
    """The page with all that it draws of a time that is over."""
    page, seen = new_page(browser, scheme, 1400)
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('.panel canvas').length >= 14")
    return page, seen


def values(page: Page) -> list[list[Any]]:
    """Kind, title and values of every panel's first series."""
    told: list[list[Any]] = page.evaluate(
        f"{CHARTS}.map(c => ["
        "c.constructor.name,"
        " c.plot.getAttribute('aria-label'), c.told.series[0]?.values ?? []])"
    )
    return told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_panel_is_drawn_and_nothing_outside_is_asked(
    browser: Browser, address: str, scheme: str
) -> None:
    page, seen = opened(browser, address, scheme)
    assert page.locator(".panel").count() == len(LIVE.panels)
    assert page.locator(".panel .nothing").count() == 0
    assert seen.said == []
    home = address.split("/user/", maxsplit=1)[0]
    assert [u for u in seen.asked if not u.startswith((f"{home}/", "data:"))] == []
    assert serious_faults(page) == []
    page.close()


@pytest.mark.parametrize(("panels", "most"), [(8, 300_000), (14, 400_000)])
def test_ten_minutes_are_small(browser: Browser, address: str, panels: int, most: int) -> None:
    page, _ = new_page(browser)
    shown = json.loads((DASHBOARDS / "dashboards.json").read_text())
    shown[0]["panels"] = shown[0]["panels"][:panels]
    definitions = json.dumps(shown, indent=1)
    page.route("**/dashboards.json", lambda route: route.fulfill(body=definitions))
    bodies: list[int] = [len(definitions)]
    page.on("requestfinished", lambda r: bodies.append(r.sizes()["responseBodySize"]))
    page.goto(address)
    page.wait_for_function(f"document.querySelectorAll('.panel canvas').length === {panels}")
    page.wait_for_load_state("networkidle")
    assert 100_000 < sum(bodies) <= most
    page.close()


def test_a_pointer_shows_the_values_of_all_panels_at_one_moment(
    browser: Browser, address: str
) -> None:
    page, _ = opened(browser, address)
    before = page.locator(".big").first.inner_text()
    page.locator(".panel.lines .u-over").first.hover(position={"x": 200, "y": 40})
    moments = [TIME.search(text) for text in page.locator(".legend th").all_inner_texts()]
    shown = {found[1] for found in moments if found}
    assert len(shown) == 1
    charts = sum(panel.kind != "stat" for panel in LIVE.panels)
    assert sum(found is not None for found in moments) == charts
    assert page.locator(".big").first.inner_text() != before
    dots = page.evaluate(
        "[...document.querySelectorAll('.u-cursor-x')].map(c => c.style.transform)"
    )
    assert len({round(float(re.findall(r"[\d.]+", dot)[0]) / 10) for dot in dots}) <= 3
    page.mouse.move(0, 0)
    expect(page.locator(".legend th", has_text="last")).to_have_count(charts)
    page.close()


def test_dragging_zooms_all_panels_and_a_double_click_shows_all_again(
    browser: Browser, address: str
) -> None:
    page, _ = opened(browser, address)
    spans = f"{CHARTS}.map(c => c.u.scales.x.max - c.u.scales.x.min)"
    assert set(page.evaluate(spans)) == {SECONDS}
    place = page.locator(".panel.lines .u-over").first.bounding_box()
    assert place
    page.mouse.move(place["x"] + 100, place["y"] + 50)
    page.mouse.down()
    page.mouse.move(place["x"] + 200, place["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_function(f"{spans}.every(span => span < {SECONDS} / 2)")
    assert len(set(page.evaluate(spans))) == 1
    page.locator(".panel.lines .u-over").nth(1).dblclick()
    page.wait_for_function(f"{spans}.every(span => span === {SECONDS})")
    page.close()


def test_the_keyboard_moves_the_crosshair_of_all_panels(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address)
    page.locator(".panel.lines .plot").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    found = {m[1] for t in page.locator(".legend th").all_inner_texts() if (m := TIME.search(t))}
    assert len(found) == 1
    assert page.evaluate(f"{CHARTS}[4].group.at") == BEGIN + 2
    page.close()


def test_light_and_dark_are_drawn_anew(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, "light")
    plot = page.locator(".panel.lines canvas").first
    light = plot.screenshot()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(30, 36, 43)'")
    assert plot.screenshot() != light
    page.close()


def test_client_and_servers_are_seen_within_100_ms(browser: Browser) -> None:
    slope = 10.0  # per second: the same truth, scraped by two exporters at other times
    recording = with_frame(Recording(BEGIN + 60))

    def ramp(t: float) -> float:
        return slope * (t - BEGIN)

    recording.add("client_requests_per_second", ramp, AGES["load"])
    recording.add("tier_cpu_cores", ramp, AGES["rig"], tier="app", host="app")
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end={BEGIN + 60}")
        page.wait_for_function("document.querySelectorAll('.panel.lines canvas').length >= 2")
        shown = {title: found for _, title, found in values(page)}
        page.close()
    pairs = list(zip(shown["Client throughput"], shown["CPU by tier"], strict=True))
    known = [(a, b) for a, b in pairs[2:-2] if a is not None and b is not None]
    assert len(known) >= 50
    assert max(abs(a - b) for a, b in known) <= 0.1 * slope
    assert max(abs(a - slope * i) for i, (a, _) in enumerate(pairs[2:-2], 2)) <= 0.1 * slope


def test_the_page_lays_samples_on_the_grid_as_the_record_does(
    browser: Browser, address: str
) -> None:
    rng = random.Random(2)  # noqa: S311 - samples, no secret
    times = [BEGIN + t + rng.uniform(0, 0.2) for t in range(60) if rng.random() > 0.2]
    ages = [(t, rng.uniform(0.0, 1.4)) for t in times]
    samples = [(t, rng.uniform(0.0, 9.0)) for t in times]
    page, _ = opened(browser, address)
    for steady in (False, True):
        expected = on_grid(samples, ages, BEGIN, 60, steady=steady)
        found = page.evaluate(
            """([samples, ages, steady, begin]) => {
              const made = new BenchrigSamples([], 'replay=""');
              made.keep({__name__: "benchrig:scrape_age_seconds", job: "rig"}, ages);
              const one = {metric: {}, values: new Map(samples)};
              return made.grid(one, {job: "rig", steady}, begin, 60);
            }""",
            [samples, ages, steady, BEGIN],
        )
        assert [v is None for v in found] == [v is None for v in expected]
        assert 0 < expected.count(None) < 60
        assert [v for v in found if v] == pytest.approx([v for v in expected if v], rel=1e-5)
    page.close()


def test_silent_exporters_and_a_restarted_prometheus_are_told_and_left_blank(
    browser: Browser,
) -> None:
    recording = with_frame(Recording(BEGIN + 60))
    away = next(one for one in recording.series if one.labels.get("job") == "node")
    recording.series.remove(away)
    host = away.labels["host"]

    def up(t: float) -> float:
        return 0.0 if BEGIN + 10 <= t < BEGIN + 14 else 1.0

    recording.add("exporter_up", up, 0.4, job="node", host=host)
    recording.add("client_requests_per_second", lambda _: 100.0, AGES["load"])
    for number, one in enumerate(recording.series):  # nothing is recorded from 30 to 40

        def until(t: float, told: Any = one.told) -> float | None:
            return None if BEGIN + 30 <= t <= BEGIN + 40 else told(t)

        recording.series[number] = type(one)(one.name, one.labels, until, one.age_seconds)
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(f"{told}?begin={BEGIN}&end={BEGIN + 60}")
        expect(page.locator("#silent")).to_contain_text("gave nothing")
        said = page.locator("#silent").inner_text()
        shown = {title: found for _, title, found in values(page)}
        nothing = page.locator(".panel", has_text="CPU by tier").locator(".plot").inner_text()
        page.close()
    assert re.match(r"Prometheus recorded nothing in (9|10) s; ", said)
    assert f"node of {host} gave nothing in 4 s" in said
    rates = shown["Client throughput"]
    assert rates[35] is None
    assert 0 not in rates
    assert nothing == "nothing is known of this"


def test_prometheus_away_is_told_and_the_page_comes_back(browser: Browser) -> None:
    recording = recorded(60)
    with served(recording) as told:
        page, _ = new_page(browser)
        page.goto(told)
        page.wait_for_function("document.querySelectorAll('.panel canvas').length >= 14")
        recording.down = True
        expect(page.locator("#trouble")).to_contain_text("Prometheus answers 503")
        recording.down = False
        expect(page.locator("#trouble")).to_be_hidden()
        page.close()
