"""One file per cause; `all_causes` finds them."""

import importlib
import pkgutil
from functools import cache

from benchrig.verdict.cause import Cause


@cache
def all_causes() -> tuple[Cause, ...]:
    """Every cause, the deepest first."""
    modules = [m.name for m in pkgutil.iter_modules(__path__)]
    found = [importlib.import_module(f"{__name__}.{name}").CAUSE for name in modules]
    return tuple(sorted(found, key=lambda cause: (cause.depth, cause.name)))
