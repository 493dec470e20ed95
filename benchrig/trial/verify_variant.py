"""One variant, fresh started, put through the whole contract of every workload asked for."""

import time
from dataclasses import dataclass, field

from benchrig.remote.rig import Rig
from benchrig.trial import service, verify_full
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import Check
from benchrig.trial.verify import fast


@dataclass
class Verified:
    """What the contract found of one variant.

    Attributes:
        checks: workload to its checks; those of a server that did not start are missing.
        stop: the stop with a request under way; ``None`` when it did not come to that.
        fault: why the variant could not be checked.
    """

    variant: str
    start_seconds: float = 0.0
    seconds: float = 0.0
    checks: dict[str, list[Check]] = field(default_factory=dict)
    stop: Check | None = None
    fault: str = ""

    @property
    def failures(self) -> list[tuple[str, Check]]:
        """Workload and check of everything that failed and is not known to."""
        return [(w, c) for w, c in self._all() if not c.passed and not c.known]

    @property
    def known_failures(self) -> list[tuple[str, Check]]:
        """Workload and check of everything that failed as it is known to."""
        return [(w, c) for w, c in self._all() if not c.passed and c.known]

    @property
    def surprises(self) -> list[tuple[str, Check]]:
        """Checks that are known to fail and passed, with every workload they were made for."""
        failed = {c.name for _, c in self.known_failures}
        return [(w, c) for w, c in self._all() if c.passed and c.known and c.name not in failed]

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(check.passed for _, check in self._all())

    def _all(self) -> list[tuple[str, Check]]:
        made = [(workload, c) for workload, checks in self.checks.items() for c in checks]
        return made + ([("", self.stop)] if self.stop else [])


def verify_variant(rig: Rig, plans: list[TrialPlan], *, full: bool = True) -> Verified:
    """Start the variant, check each plan's workload, and stop it while a request is under way.

    Args:
        rig: the open rig.
        plans: of one variant, one for each workload.
        full: every check there is, and not only those made before each load.

    Raises:
        BenchrigError: the rig itself can not go on (a host is gone, a port is held).
    """
    verified = Verified(plans[0].variant.name)
    begin = time.time()
    service.stop_all(rig)
    try:
        verified.start_seconds = service.start(rig, plans[0])
        for number, plan in enumerate(plans):
            verified.checks[plan.workload.name] = (
                verify_full.workload(rig, plan, once=number == 0) if full else fast(rig, plan)
            )
        if verified.failures:
            verified.fault = service.meaning(rig, plans[0], begin)
        if full:
            verified.stop = verify_full.graceful_stop(rig, plans[0])
    except service.NotStarted as error:
        meaning = service.meaning(rig, plans[0], begin)
        verified.fault = f"{error.where}: {error.what} {meaning or error.journal}"
    finally:
        service.stop_all(rig)
        verified.seconds = time.time() - begin
    return verified
