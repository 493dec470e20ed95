"""Every app, started for real on loopback, keeps the contract where no database is needed.

The environments are those that ``make .venv/.apps`` installs from the same lock files as an app
server gets. With a database, and on real hosts, tests/lab does the same for every variant.
"""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchrig.contract.checks import put_once
from benchrig.contract.http import Address
from benchrig.contract.run import run_checks
from benchrig.contract.spec import Contract, Target
from benchrig.contract.workloads import find
from benchrig.host.health import ask
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.launch import launch
from benchrig.spec.variant import Variant
from benchrig.trial.diagnosis import diagnose
from tests import fake_postgresql

PROJECT = Path(__file__).parents[2]
CATALOGUE = load_catalogue(PROJECT / "apps")
STARTED_SECONDS = 30.0
# Outside the tree, and kept: without it every start compiles all it imports, for seconds.
BYTECODE = PROJECT / ".venv" / "bytecode"
# One for each entry of each app, and each server at least once.
VARIANTS = [
    "wsgi-gunicorn",
    "asgi-gunicorn",
    "flask-gevent-4",
    "flask-waitress",
    "flask-async-4",
    "flask-bridge",
    "quart-uvloop",
    "starlette-uvicorn",
    "aiohttp",
    "django-wsgi",
    "django-daphne",
    "fastapi-uvicorn",
    "litestar-granian",
    "blacksheep-uvicorn",
    "sanic",
    "crax-uvicorn",
]


@dataclass(frozen=True)
class Services:
    """What apps need beside them."""

    root: Path
    database_url: str
    peer: Address


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A folder as an app server has it, a database that lets everybody in, and the peer."""
    root = tmp_path_factory.mktemp("root")
    (root / "venvs").symlink_to(PROJECT / ".venv" / "apps")
    (root / "apps").symlink_to(PROJECT / "apps")
    port = free_port()
    argv = [sys.executable, "-m", "benchrig.host", "peer", "--address", "127.0.0.1"]
    with (
        fake_postgresql.serving() as url,
        running([*argv, "--port", str(port)], PROJECT, {}, root / "peer.log") as process,
    ):
        wait_healthy(process, port, root / "peer.log", "/received")
        yield Services(root, url, ("127.0.0.1", port))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    argv: list[str], folder: Path, environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, and all it started, while the context lasts."""
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env={**inherited, "PYTHONPYCACHEPREFIX": str(BYTECODE), **environment},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def wait_healthy(
    process: subprocess.Popen[bytes], port: int, log: Path, path: str = "/plaintext"
) -> None:
    """Wait for an answer; the server's own words when there is none."""
    deadline = time.monotonic() + STARTED_SECONDS
    while fault := ask(f"http://127.0.0.1:{port}{path}"):
        waited = time.monotonic() < deadline and process.poll() is None
        assert waited, f"{fault}\n{log.read_text()[-2000:]}"
        time.sleep(0.02)


@contextmanager
def started(catalogue: Catalogue, variant: Variant, services: Services) -> Iterator[Address]:
    """The variant's own command line on loopback."""
    port = free_port()
    plan = launch(catalogue, variant, "127.0.0.1", port, str(services.root))
    environment = {
        **plan.environment,
        "DATABASE_URL": services.database_url,
        "PEER_URL": "http://{}:{}".format(*services.peer),
    }
    argv = [argument.replace("{port}", str(port)) for argument in plan.argv]
    log = services.root / f"{variant.name}.log"
    with running(argv, Path(plan.directory), environment, log) as process:
        wait_healthy(process, port, log)
        yield ("127.0.0.1", port)


@pytest.mark.parametrize("name", VARIANTS)
def test_an_app_keeps_the_contract(name: str, services: Services) -> None:
    # One worker: how many there are is the server's affair, and each costs a second to start.
    variant = CATALOGUE.override(CATALOGUE.variant(name), {"workers": "1"})
    offered = [CATALOGUE.workloads[w] for w in CATALOGUE.offers(variant)]
    with started(CATALOGUE, variant, services) as address:
        outcomes = run_checks("json", Target(address, "/json"))
        faults = {
            o.name: o.detail for o in outcomes if not o.passed and o.name not in variant.known
        }
        for workload in offered:
            target = Target(address, workload.path, workload.defaults, services.peer)
            if not workload.tables and (fault := first_fault(find(workload.contract), target)):
                faults[workload.name] = fault
    assert faults == {}


def first_fault(contract: Contract, target: Target) -> str:
    """What is wrong with one answer, or with what the workload's own checks see."""
    rng = random.Random(1)  # noqa: S311 - no secret
    fault = put_once(contract.ask(target, rng), target) if contract.ask else ""
    return fault or next((f for check in contract.checks.values() if (f := check(target, rng))), "")


def test_an_app_that_can_not_reach_its_database_does_not_start(services: Services) -> None:
    gone = replace(services, database_url=f"postgresql://benchrig@127.0.0.1:{free_port()}/benchrig")
    log = services.root / "asgi-uvicorn.log"
    with (
        pytest.raises(AssertionError, match="Application startup failed"),
        started(CATALOGUE, CATALOGUE.variant("asgi-uvicorn"), gone),
    ):
        pass
    assert "no PostgreSQL answers there (Connection refused)" in diagnose(log.read_text())


def test_crax_really_mixes_requests_up(services: Services) -> None:
    variant = CATALOGUE.variant("crax-uvicorn")
    with started(CATALOGUE, variant, services) as address:
        outcomes = {o.name: o for o in run_checks("json", Target(address, "/json"))}
    assert not outcomes["mixing"].passed
    assert variant.known.keys() >= {"mixing", "under-load"}


def test_every_entry_of_every_app_and_every_server_is_tried() -> None:
    tried = [CATALOGUE.variant(name) for name in VARIANTS]
    entries = {(v.app, v.entry or CATALOGUE.apps[v.app].only_entry) for v in tried}
    every = {(app.name, e) for app in CATALOGUE.apps.values() for e in app.entries}
    assert entries == every, "VARIANTS above needs a variant of each entry"
    servers = {v.server for v in tried}
    assert servers == CATALOGUE.servers.keys(), "VARIANTS above needs one on each server"
