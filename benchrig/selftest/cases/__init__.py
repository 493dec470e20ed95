"""One file per case; `all_cases` finds them."""

import importlib
import pkgutil
from functools import cache

from benchrig.selftest.case import Case


@cache
def all_cases() -> dict[str, Case]:
    """Every case by its name."""
    modules = [m.name for m in pkgutil.iter_modules(__path__)]
    found = [importlib.import_module(f"{__name__}.{name}").CASE for name in modules]
    return {case.name: case for case in sorted(found, key=lambda case: (case.kind, case.name))}
