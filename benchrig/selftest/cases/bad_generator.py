"""A driver at its own limit: what it measures is itself."""

from dataclasses import replace

from benchrig.selftest.cases import slow_generator

CASE = replace(
    slow_generator.CASE,
    name="bad-generator",
    kind="bad",
    summary="the driver gets a small part of its core",
    expects=frozenset(),
)
