"""Run the checks of one workload and tell each outcome."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchrig.contract.checks import FAST, Subject
from benchrig.contract.full_checks import FULL
from benchrig.contract.http import NoAnswer
from benchrig.contract.spec import Target
from benchrig.contract.workloads import find

# Of the server and not of the workload: once per variant is enough.
ONCE = frozenset({"date-moves", "head", "malformed", "no-delay"})


@dataclass(frozen=True)
class Outcome:
    """What one check found; ``detail`` is the fault."""

    name: str
    passed: bool
    detail: str = ""


def run_checks(
    name: str, target: Target, *, full: bool = False, once: bool = True, seed: int | None = None
) -> list[Outcome]:
    """Check one workload: the fast checks, with ``full`` all that one host can do alone.

    Args:
        name: the contract's name.
        target: where to ask.
        full: also the slow and rough ones.
        once: also those that tell of the server and not of the workload.
        seed: makes the questions the same again; new ones each time by default.
    """
    contract = find(name).asked_with(target.headers)
    subject = Subject(target, contract, random.Random(seed))  # noqa: S311 - no secret
    checks = {check: partial(function, subject) for check, function in FAST.items()}
    if full:
        chosen = {check: f for check, f in FULL.items() if once or check not in ONCE}
        checks |= {check: partial(function, subject) for check, function in chosen.items()}
    own = contract.checks | (contract.full_checks if full else {})
    checks |= {check: partial(function, target, subject.rng) for check, function in own.items()}
    return [_outcome(check, function) for check, function in checks.items()]


def _outcome(name: str, check: Callable[[], str]) -> Outcome:
    try:
        fault = check()
    except NoAnswer as error:
        fault = str(error)
    return Outcome(name, not fault, fault)
