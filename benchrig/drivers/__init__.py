"""Load drivers, one module each; pure, no module here runs anything.

A request for load goes in, a command line comes out; raw output goes in, a `LoadResult` comes out.
"""

from types import ModuleType

from benchrig.drivers import wrk

DRIVERS: dict[str, ModuleType] = {"wrk": wrk}
