"""Recording rules: every signal, each second, as Prometheus reads them."""

import textwrap
from collections.abc import Iterable

from benchrig.signals.catalogue import Signal

INTERVAL = "1s"
WIDTH = 100
# What is recorded is rounded to this, in the signal's unit: far finer than counters at 1 s can be,
# and a quarter less for the live page to fetch. Powers of ten that PromQL rounds to without a rest.
ROUNDED = {
    "bytes_per_second": "1",
    "cores": "0.0001",
    "errors_per_second": "0.01",
    "per_second": "0.01",
    "requests_per_second": "0.01",
    "seconds": "1e-8",
    "share": "1e-7",
}
HEADER = f"""\
# Made from benchrig/signals/catalogue by `make dashboards`. Do not edit.
# One group, so that all signals of one evaluation bear the same timestamp.
groups:
  - name: benchrig
    interval: {INTERVAL}
    rules:
"""


def recording_rules(signals: Iterable[Signal]) -> str:
    """A rule file with one rule for each signal, in the order of the catalogue."""
    return HEADER + "".join(_rule(signal) for signal in signals)


def _rule(signal: Signal) -> str:
    step = "" if signal.expr.startswith("round(") else ROUNDED.get(signal.unit)
    expr = f"round({signal.expr}, {step})" if step else signal.expr
    # Folded: a line's end reads as one blank, and PromQL does not mind where blanks are.
    lines = textwrap.wrap(expr, WIDTH, break_long_words=False, break_on_hyphens=False)
    folded = textwrap.indent("\n".join(lines), " " * 10)
    return f"      - record: {signal.recorded}\n        expr: >-\n{folded}\n"
