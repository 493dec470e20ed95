"""The signal catalogue, and the recording rules made from it."""

from pathlib import Path

import pytest

from benchrig.dashboards.generate import generated
from benchrig.errors import BenchrigError
from benchrig.signals import catalogue
from benchrig.signals.catalogue import Limit, find_signal, load_signals
from benchrig.signals.promql import metric_names
from tests.promtool import PROJECT, RULES, promtool


def test_a_signal_says_what_it_is_and_what_is_too_much() -> None:
    share = find_signal("client_error_share")
    assert (share.recorded, share.unit, share.job) == (
        "benchrig:client_error_share",
        "share",
        "load",
    )
    assert share.limit == Limit(above=0.001)
    for signal in load_signals().values():
        assert signal.title
        assert signal.meaning
        assert signal.bad


def test_a_limit_is_broken_on_its_own_side_only() -> None:
    assert Limit(above=0.9).broken_by(0.91)
    assert not Limit(above=0.9).broken_by(0.9)
    assert Limit(below=1).broken_by(0)
    assert not Limit().broken_by(1e9)


def test_an_unknown_signal_is_told_with_the_nearest_name() -> None:
    with pytest.raises(BenchrigError, match="tier_cpu_cores"):
        find_signal("tier_cpu_core")


def test_every_mistake_of_a_catalogue_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1.yml").write_text(
        "a: {title: A, unit: parsec, job: rig, expr: up, meaning: m, bad: b}\n"
        "c: {title: C, unit: count, job: rig, expr: 'benchrig:b + 1', meaning: m, bad: b}\n"
    )
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    load_signals.cache_clear()
    try:
        with pytest.raises(BenchrigError) as told:
            load_signals()
    finally:
        load_signals.cache_clear()
    assert "a: unit: 'parsec'" in str(told.value)
    assert "c: expr: benchrig:b is not defined before it" in str(told.value)


def test_metric_names_of_an_expression_are_found() -> None:
    expr = (
        'sum by (host) (rate(a_total{x="b_total"}[5s])) / on (host) group_left (c) d or vector(1)'
    )
    assert metric_names(expr) == {"a_total", "d"}


def test_generated_files_are_up_to_date() -> None:
    for name, text in generated().items():
        assert (PROJECT / name).read_text() == text, f"{name}: run `make dashboards`"


def test_prometheus_accepts_the_rules_and_computes_what_is_meant() -> None:
    assert f"{len(load_signals())} rules found" in promtool("check", "rules", RULES)
    assert "SUCCESS" in promtool("test", "rules", "tests/golden/rules/benchrig.test.yml")
