"""All drivers by name, found by looking into this folder."""

import importlib
import pkgutil
from functools import cache

from benchrig import drivers
from benchrig.drivers.base import Driver
from benchrig.errors import BenchrigError, nearest

BY_PROTOCOL = {"http": "wrk", "websocket": "websocket"}  # where nobody names a driver


@cache
def all_drivers() -> dict[str, Driver]:
    """Every module of this folder that has a ``DRIVER``."""
    names = [module.name for module in pkgutil.iter_modules(drivers.__path__)]
    modules = [importlib.import_module(f"benchrig.drivers.{name}") for name in names]
    found: list[Driver] = [m.DRIVER for m in modules if hasattr(m, "DRIVER")]
    return {driver.name: driver for driver in found}


def find_driver(name: str) -> Driver:
    """The driver of that name.

    Raises:
        BenchrigError: there is none; the nearest name is suggested.
    """
    known = all_drivers()
    if name not in known:
        raise BenchrigError(f"'{name}' is unknown", where="--driver", way_out=nearest(name, known))
    return known[name]
