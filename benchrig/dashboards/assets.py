"""The renderer's files: the live page serves them, a page that stands alone inlines them."""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / "dashboards" / "live"


def charts_js() -> str:
    """Text of charts.js; it holds no closing script tag."""
    return (FOLDER / "charts.js").read_text()


def charts_css() -> str:
    """Text of charts.css."""
    return (FOLDER / "charts.css").read_text()
