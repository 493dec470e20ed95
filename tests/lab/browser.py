"""A page in Debian's chromium, which `make lab-test` installs, and what it did beside showing."""

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

SERIOUS = ("serious", "critical")


@dataclass
class Seen:
    """What went on in a page beside what it shows."""

    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Note down from now on what the page says and asks for."""
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


def new_page(browser: Browser, scheme: str = "light", width: int = 1280) -> tuple[Page, Seen]:
    """An empty page in light or dark, and its doings."""
    page = browser.new_page(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 800},
    )
    seen = Seen()
    seen.follow(page)
    return page, seen


def serious_faults(page: Page) -> list[str]:
    """What axe finds that keeps people from using the page."""
    found = Axe().run(page).response["violations"]
    return [v["id"] + ": " + v["nodes"][0]["html"] for v in found if v["impact"] in SERIOUS]
