"""The sampler inside the app's processes, switched on for a run."""

from dataclasses import replace

from benchrig.spec.launch import ROOT
from benchrig.spec.variant import Variant

SAMPLER = f"{ROOT}/lib/benchrig/host/runtime"  # Python finds sitecustomize.py there


def with_sampler(variant: Variant) -> Variant:
    """The variant, its processes telling of themselves; part of its environment in the record."""
    path = f"{ROOT}/apps/contract:{SAMPLER}"
    return replace(variant, environment=variant.environment | {"PYTHONPATH": path})
