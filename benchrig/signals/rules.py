"""Recording rules: every signal, each second, as Prometheus reads them."""

from collections.abc import Iterable

import yaml

from benchrig.signals.catalogue import Signal

HEADER = "# Made from benchrig/signals/catalogue by `make dashboards`. Do not edit.\n"
INTERVAL = "1s"


def recording_rules(signals: Iterable[Signal]) -> str:
    """A rule file with one group, so that all signals of one evaluation bear the same timestamp."""
    rules = [{"record": s.recorded, "expr": s.expr} for s in signals]
    group = {"name": "benchrig", "interval": INTERVAL, "rules": rules}
    return HEADER + yaml.safe_dump({"groups": [group]}, sort_keys=False, width=110)
