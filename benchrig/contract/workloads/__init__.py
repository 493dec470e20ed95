"""One module per workload, found by the workload's name."""

import importlib
import pkgutil

from benchrig.contract.spec import Contract


def names() -> set[str]:
    """Every workload that has a contract."""
    return {module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)}


def find(name: str) -> Contract:
    """The contract of one workload.

    Raises:
        KeyError: there is none of that name.
    """
    if name not in names():
        raise KeyError(name)
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    contract: Contract = module.CONTRACT
    return contract
