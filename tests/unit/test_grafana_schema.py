"""Dashboards are what Grafana's own published types allow, and hold no field that they do not know.

``tests/grafana/make_schemas.sh`` makes the schemas from Grafana's npm packages.
"""

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from benchrig.dashboards.grafana_json import grafana_json
from benchrig.dashboards.model import Dashboard, load_dashboards

SCHEMAS = Path(__file__).parents[1] / "grafana"
MAJORS = (12, 13)


@cache
def validator(major: int) -> Draft7Validator:
    """The strict schema of a Grafana."""
    return Draft7Validator(json.loads((SCHEMAS / f"dashboard-{major}.schema.json").read_text()))


def mistakes(major: int, dashboard: dict[str, Any]) -> list[str]:
    """What is wrong, with its place."""
    return [
        f"{list(e.absolute_path)}: {e.message}" for e in validator(major).iter_errors(dashboard)
    ]


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("dashboard", load_dashboards(), ids=lambda d: d.uid)
def test_grafana_knows_every_field_of_a_dashboard(dashboard: Dashboard, major: int) -> None:
    assert mistakes(major, json.loads(grafana_json(dashboard))) == []


def panel(kind: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The first panel of a kind."""
    return lambda shown: next(p for p in shown["panels"] if p["type"] == kind)


@pytest.mark.parametrize("major", MAJORS)
@pytest.mark.parametrize("kind", ["stat", "timeseries", "heatmap"])
def test_a_field_that_grafana_does_not_know_is_found(kind: str, major: int) -> None:
    live = next(d for d in load_dashboards() if d.uid == "benchrig-live")
    right = json.loads(grafana_json(live))
    places: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
        lambda shown: shown,
        panel(kind),
        lambda shown: panel(kind)(shown)["options"],
        lambda shown: panel(kind)(shown)["targets"][0],
        lambda shown: panel(kind)(shown)["fieldConfig"]["defaults"],
        lambda shown: panel(kind)(shown)["fieldConfig"]["defaults"].setdefault("custom", {}),
        lambda shown: shown["templating"]["list"][0],
        lambda shown: shown["annotations"]["list"][0],
        lambda shown: shown["annotations"]["list"][0]["target"],
    ]
    for number, place in enumerate(places):
        wrong = copy.deepcopy(right)
        place(wrong)["unheard"] = 1
        assert mistakes(major, wrong), number
