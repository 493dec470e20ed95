"""Recording rules: every signal, each second, as Prometheus reads them."""

import textwrap
from collections.abc import Iterable

from benchrig.signals.catalogue import Signal

INTERVAL = "1s"
WIDTH = 100
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
    # Folded: a line's end reads as one blank, and PromQL does not mind where blanks are.
    lines = textwrap.wrap(signal.expr, WIDTH, break_long_words=False, break_on_hyphens=False)
    folded = textwrap.indent("\n".join(lines), " " * 10)
    return f"      - record: {signal.recorded}\n        expr: >-\n{folded}\n"
