"""The app that is measured is the one of this checkout: code, and environment."""

from functools import cache
from pathlib import Path
from typing import Any

from benchrig.contract.files import checksums
from benchrig.errors import BenchrigError
from benchrig.inventory import Host
from benchrig.remote.rig import Rig
from benchrig.spec.launch import ROOT
from benchrig.spec.locks import LOCK
from benchrig.trial.plan import TrialPlan

APPS = Path(__file__).parents[2] / "apps"
SHARED = "contract"
TOLD = 3
WAY_OUT = "run `ansible-playbook site.yml --tags app_server`"


def require_deployed(rig: Rig, plan: TrialPlan) -> None:
    """Hold each app server's copy against this checkout; another program than an app is let be.

    Raises:
        BenchrigError: a file of the app differs, or its environment was made from another lock.
    """
    app = plan.variant.app
    if plan.launch.directory != f"{ROOT}/apps/{app}":
        return
    ours = of_app(checkout(), app)
    message = {"ask": "deployed", "apps": f"{ROOT}/apps", "venv": f"{ROOT}/venvs/{app}"}
    for host in rig.inventory.group("app_servers"):
        theirs = rig.ask(host, message | {"folders": [app, SHARED]})
        fault = deployed_fault(app, ours, theirs)
        if fault:
            raise BenchrigError(fault, where=_where(host), way_out=WAY_OUT)


@cache
def checkout() -> dict[str, str]:
    """`checksums` of all apps.

    As it is when first asked: who edits an app while a long suite runs does not stop it.
    """
    return checksums(APPS)


def of_app(files: dict[str, str], app: str) -> dict[str, str]:
    """Those of one app and of what all apps share."""
    return {path: sha for path, sha in files.items() if path.partition("/")[0] in (app, SHARED)}


def deployed_fault(app: str, ours: dict[str, str], theirs: dict[str, Any]) -> str:
    """What of an app on a host is not as it is here."""
    files: dict[str, str] = theirs["files"]
    other = sorted(path for path in ours | files if ours.get(path) != files.get(path))
    if other:
        more = f" and {len(other) - TOLD} more" if len(other) > TOLD else ""
        return f"not as in this checkout: apps/{', apps/'.join(other[:TOLD])}{more}"
    if theirs["lock"] != ours[f"{app}/{LOCK}"]:
        return f"the environment of '{app}' was made from another lock than apps/{app}/{LOCK}"
    return ""


def _where(host: Host) -> str:
    return f"host '{host.name}', {ROOT}"
