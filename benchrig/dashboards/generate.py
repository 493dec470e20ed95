"""Every generated file of the project, by its path in the tree."""

from benchrig.signals.catalogue import load_signals
from benchrig.signals.rules import recording_rules

RULES = "dashboards/prometheus/benchrig.rules.yml"


def generated() -> dict[str, str]:
    """Path to text; the texts depend on nothing but what is committed.

    Raises:
        BenchrigError: a mistake in the catalogue.
    """
    return {RULES: recording_rules(load_signals().values())}
