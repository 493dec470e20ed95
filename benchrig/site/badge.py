"""A badge: an SVG of one line, for a README."""

from xml.sax.saxutils import escape

from benchrig.site.cells import SiteCell
from benchrig.units import format_count

WIDTH_OF_LETTER = 6.6  # of the 11 px sans-serif faces that browsers have
PADDING = 8


def badge(cell: SiteCell) -> str:
    """The cell's name and its newest rate."""
    rate = cell.median("rate")
    left, right = cell.cell, f"{format_count(rate)} requests/s" if rate else "no valid trial"
    a, b = _width(left), _width(right)
    title = escape(f"{left}: {right}, {cell.rig}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{a + b}" height="20" role="img">'
        f"<title>{title}</title>"
        f'<rect width="{a + b}" height="20" rx="3" fill="#24292f"/>'
        f'<rect x="{a}" width="{b}" height="20" rx="3" fill="{"#0550ae" if rate else "#a40e26"}"/>'
        '<g fill="#fff" font-family="system-ui,sans-serif" font-size="11">'
        f'<text x="{PADDING}" y="14">{escape(left)}</text>'
        f'<text x="{a + PADDING}" y="14">{escape(right)}</text></g></svg>\n'
    )


def _width(text: str) -> int:
    return round(len(text) * WIDTH_OF_LETTER) + 2 * PADDING
