"""The renderer's files: the live page serves them, a page that stands alone has them in it."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "dashboards" / "live"
UPLOT = "uplot-1.6.32"
LICENCE = f"{UPLOT}.LICENSE.txt"
STYLES = (f"{UPLOT}.min.css", "charts.css")
# In this order: each needs those before it. None holds a closing script tag.
SCRIPTS = (f"{UPLOT}.min.js", "format.js", "legend.js", "charts.js", "figures.js")


def text_of(name: str) -> str:
    """Text of one of the files."""
    return (FOLDER / name).read_text()
