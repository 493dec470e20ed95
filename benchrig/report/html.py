"""A report as one HTML file that needs nothing else: no server, no network.

Its content security policy allows the scripts that are in it by their hashes and nothing more, so
that a name out of somebody else's file stays a name.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from benchrig.dashboards.assets import SCRIPTS, STYLES, text_of
from benchrig.report.document import Document

ASSETS = Path(__file__).with_name("assets")
TEMPLATES = Path(__file__).with_name("templates")
GRADES = ("valid", "suspect", "invalid")


def render(document: Document) -> str:
    """The whole page."""
    return page("report.html.j2", document=document)


def page(template: str, **values: object) -> str:
    """A page with the charts' scripts and our styles in it."""
    scripts = [Markup(text_of(name)) for name in SCRIPTS]
    return (
        environment()
        .get_template(template)
        .render(styles=styles(), scripts=scripts, policy=policy(scripts), classes=classes, **values)
    )


@cache
def styles() -> Markup:
    """All styles of a page with charts; none of them holds a closing tag."""
    return Markup("".join(text_of(name) for name in STYLES) + (ASSETS / "page.css").read_text())


def policy(scripts: list[Markup]) -> str:
    """What the page may do: run these scripts, use its styles, and reach for nothing."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts)
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src {hashes}"


@cache
def environment() -> jinja2.Environment:
    """Templates in which everything is escaped."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def classes(header: str, text: str) -> Markup:
    """The class attribute of a cell: numbers to the right, grades in their colour."""
    found = ["n"] if header.startswith(">") else []
    found += [text] if text in GRADES else []
    return Markup(' class="{}"').format(" ".join(found)) if found else Markup("")
