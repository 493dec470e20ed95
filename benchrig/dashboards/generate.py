"""Every generated file of the project, by its path in the tree."""

from benchrig.dashboards import grafana_json, page_json
from benchrig.signals.catalogue import load_signals
from benchrig.signals.page import PAGE, signals_page
from benchrig.signals.rules import recording_rules

RULES = "dashboards/prometheus/benchrig.rules.yml"


def generated() -> dict[str, str]:
    """Path to text; the texts depend on nothing but what is committed.

    Raises:
        BenchrigError: a mistake in the catalogue.
    """
    rules = {RULES: recording_rules(load_signals().values())}
    page = {PAGE: signals_page(load_signals().values())}
    return rules | page | grafana_json.files() | page_json.files()
