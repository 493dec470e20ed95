"""The contract asked of a running variant before any load, and what is known taken into account."""

import urllib.parse
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from benchrig.remote.rig import Rig
from benchrig.trial import database
from benchrig.trial.plan import PEER_PORT, TrialPlan
from benchrig.trial.raw import Check

VERIFY_SECONDS = 300.0  # a stack that answers nothing lets every single request time out
CHECKS = TypeAdapter(list[Check])


def fast(rig: Rig, plan: TrialPlan) -> list[Check]:
    """The checks before each load; the dataset is made whole first where the workload reads it.

    Raises:
        BenchrigError: a host is gone, or the dataset can not be loaded.
    """
    if plan.workload.tables:
        database.ensure_dataset(rig)
    return host_checks(rig, plan, full=False, once=True)


def host_checks(rig: Rig, plan: TrialPlan, *, full: bool, once: bool) -> list[Check]:
    """What a load generator host can check alone: see `benchrig.contract.run`.

    Raises:
        BenchrigError: the host is gone.
    """
    message = {"ask": "verify", **target(rig, plan), "full": full, "once": once}
    answer = ask_client(rig, message)
    return with_known(CHECKS.validate_python(answer["checks"]), plan.variant.known)


def with_known(checks: list[Check], known: Mapping[str, str]) -> list[Check]:
    """The checks, those that the stack is known to fail with the reason beside them."""
    return [
        Check(check.name, check.passed, check.detail, known.get(check.name, "")) for check in checks
    ]


def good_enough(checks: list[Check]) -> bool:
    """Whether a load makes sense: all passed, save for what is known."""
    return all(check.passed or check.known for check in checks)


def ask_client(rig: Rig, message: dict[str, Any]) -> dict[str, Any]:
    """Ask the first load generator host.

    Raises:
        BenchrigError: it is gone, or does not answer in time.
    """
    client = rig.inventory.group("load_generators")[0]
    return rig.sessions[client.name].ask(message, VERIFY_SECONDS)


def target(rig: Rig, plan: TrialPlan) -> dict[str, Any]:
    """Where and what to ask, as `benchrig.host.verify` reads it."""
    url = urllib.parse.urlsplit(plan.base_url)
    return {
        "host": url.hostname,
        "port": url.port,
        "contract": plan.workload.contract,
        "path": plan.workload.path,
        "parameters": {**plan.workload.defaults, **plan.level.parameters},
        "headers": plan.measured_load().headers,
        "peer_host": rig.inventory.one("postgres").address,
        "peer_port": PEER_PORT,
    }
