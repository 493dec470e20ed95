"""The catalogue: what is shipped is right, and whatever is wrong is told, all of it at once."""

import shutil
from pathlib import Path

import pytest

from benchrig.contract import workloads as contracts
from benchrig.contract.names import CHECKS
from benchrig.contract.spec import Target
from benchrig.errors import BenchrigError
from benchrig.spec.catalogue import Catalogue, load_catalogue

PROJECT = Path(__file__).parents[2]
CATALOGUE = load_catalogue(PROJECT / "apps")


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    """A copy of the shipped catalogue to write mistakes into."""
    folder = tmp_path / "apps"
    ignored = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(PROJECT / "apps", folder, ignore=ignored)
    return folder


def change(path: Path, before: str, after: str) -> None:
    """Write one mistake into a file."""
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def told(apps: Path) -> str:
    """What loading the catalogue complains of."""
    with pytest.raises(BenchrigError) as caught:
        load_catalogue(apps)
    return str(caught.value)


def test_every_workload_has_a_contract_and_every_contract_a_workload() -> None:
    assert {w.contract for w in CATALOGUE.workloads.values()} == contracts.names()


@pytest.mark.parametrize("name", sorted(contracts.names()))
def test_every_contract_can_be_asked_and_its_checks_are_told_of(name: str) -> None:
    contract = contracts.find(name)
    assert {*contract.checks, *contract.full_checks} <= CHECKS.keys()
    workload = next(w for w in CATALOGUE.workloads.values() if w.contract == name)
    target = Target(
        ("192.0.2.12", 8000), workload.path, workload.defaults, headers={"Accept": "a/b"}
    )
    asked = contract.asked_with(target.headers).edges(target)
    assert {question.request.headers["Accept"] for question in asked} <= {"a/b"}


def test_every_workload_is_offered_by_some_variant() -> None:
    offered = {name for v in CATALOGUE.variants.values() for name in CATALOGUE.offers(v)}
    assert offered == CATALOGUE.workloads.keys()


def test_every_app_has_a_variant() -> None:
    assert {v.app for v in CATALOGUE.variants.values()} == CATALOGUE.apps.keys()


@pytest.mark.parametrize(
    "name",
    [
        *("flask-sync", "flask-sync-4", "flask-sync-8", "flask-gthread-4x2", "flask-gevent-4"),
        *("flask-async-4", "flask-bridge-4", "starlette-uvicorn", "starlette-uvicorn-8"),
        *("starlette-gunicorn-uvicorn", "starlette-gunicorn-uvicorn-4"),
        *("quart", "quart-4", "quart-uvloop", "aiohttp", "aiohttp-nginx-8", "aiohttp-gunicorn"),
        *("wsgi-gunicorn-4", "asgi-gunicorn-uvicorn-4", "asgi-gunicorn", "asgi-granian"),
        *("wsgi-granian", "django-wsgi", "django-asgi", "crax-uvicorn"),
        *("fastapi-uvicorn", "litestar-uvicorn"),
    ],
)
def test_every_stack_of_the_seed_experiments_is_there(name: str) -> None:
    assert CATALOGUE.variant(name).name == name


def test_all_mistakes_of_the_variants_are_told_at_once(apps: Path) -> None:
    (apps / "variants.yml").write_text(
        """
one: {app: flaks, server: gunicorn, worker_class: sync}
two: {app: flask, entry: sync, server: gunicron}
three: {app: flask, entry: sync, server: gunicorn, worker_class: gevnt}
four: {app: starlette, server: uvicorn, loop: uvlop}
five: {app: flask, server: gunicorn, worker_class: sync}
six: {app: flask, entry: sync, server: uvicorn, loop: uvloop}
seven: {app: aiohttp, server: aiohttp, loop: asyncio, processes: 4}
eight: {app: quart, server: hypercorn, worker_class: asyncio, known: {kept-alife: never}}
nine: {app: flask, entry: sync, server: gunicorn, worker_class: gthread}
ten: {app: flask, entry: sync, server: gunicorn, worker_class: sync, threads: 4}
eleven: {app: quart, server: hypercorn, worker_class: asyncio, workers: 0}
twelve: {app: quart, server: hypercorn, worker_clas: asyncio}
thirteen: {app: starlette, server: uvicorn}
fourteen: {app: starlette, server: uvicorn, loop: uvloop, arguments: [--workers=4, --http=h11]}
fifteen: {app: starlette, server: uvicorn, loop: uvloop, environment: {POOL_SIZE: "4"}}
"""
    )
    text = told(apps)
    assert text.startswith("variants.yml: ")
    for mistake in (
        "one: app: 'flaks' has no folder; did you mean 'flask'?",
        "two: server: 'gunicron' is not in servers.yml; did you mean 'gunicorn'?",
        "three: worker_class: 'gevnt' is none of gunicorn's; did you mean 'gevent'?",
        "four: loop: 'uvlop' is none of uvicorn's; did you mean 'uvloop'?",
        "five: entry: is missing; known: async, bridge, sync",
        "six: server: uvicorn runs asgi, the app 'flask' is wsgi",
        "seven: via: several processes have a port each: use via: nginx",
        "eight: known: 'kept-alife' is no check; did you mean 'kept-alive'?",
        "nine: threads: is missing",
        "ten: threads: 4: a sync worker has none",
        "eleven: workers: 0: ",
        "twelve: worker_clas: is not a known key",
        "thirteen: loop: is missing; known: asyncio, uvloop",
        "fourteen: arguments: '--workers=4': the rig sets --workers itself, by the variant's keys",
        "fifteen: environment: POOL_SIZE: the rig sets it, by pool_size",
    ):
        assert f"  - {mistake}" in text


def test_mistakes_of_an_app_name_its_file_key_and_value(apps: Path) -> None:
    change(apps / "quart/app.yml", "[plaintext, plaintext-pipelined, json, echo,", "[plaintxt,")
    text = told(apps)
    assert text.startswith("quart/app.yml: ")
    assert "entries.app.offers: 'plaintxt' is not in workloads.yml; did you mean" in text
    for name in ("plaintext", "json", "echo"):
        assert f"entries.app.offers: '{name}' is missing: the contract asks it of every app" in text


def test_an_app_that_answers_nothing_at_a_time_is_told(apps: Path) -> None:
    change(apps / "flask/app.yml", "at_once: 1 ", "at_once: 0 ")
    assert "flask/app.yml: entries.bridge.at_once: 0: " in told(apps)


def test_an_app_without_a_lock_file_is_told(apps: Path) -> None:
    (apps / "quart/requirements.txt").unlink()
    assert "quart/app.yml: requirements.txt is missing" in told(apps)
    assert "`make lock LOCK=apps/quart/requirements.in` writes it" in told(apps)


def test_a_key_that_an_app_does_not_know_is_told(apps: Path) -> None:
    change(apps / "quart/app.yml", "interface: asgi", "interfaces: asgi")
    assert "quart/app.yml: " in told(apps)
    assert "entries.app.interface: is missing" in told(apps)


def test_a_server_known_to_fail_what_is_no_check_is_told(apps: Path) -> None:
    change(apps / "servers.yml", "headers: daphne sends no Date", "heders: daphne sends no Date")
    assert told(apps) == "servers.yml: daphne: known: 'heders' is no check; did you mean 'headers'?"


def test_a_server_that_nobody_could_start_is_told(apps: Path) -> None:
    change(apps / "servers.yml", "--bind={address}:{port}", "--bind={adress}:{port}")
    change(apps / "servers.yml", "  interfaces: [wsgi]\n", "")
    change(apps / "servers.yml", "{address}:backlog=8192\n", "{address\n")
    text = told(apps)
    assert "daphne: command: expected '}' before end of string" in text
    assert "gunicorn: command: {adress} is no placeholder; did you mean 'address'?" in text
    assert "waitress: interfaces: is missing: what kinds of app it runs" in text


def test_all_mistakes_of_the_workloads_are_told_at_once(apps: Path) -> None:
    (apps / "workloads.yml").write_text(
        """
plaintext: {summary: text, path: "/plaintext?n={number}"}
json: {summary: json, path: /json, connections: 0}
other: {summary: new, path: /other}
like-nothing: {like: plaintxt, summary: the same, path: /}
upload: {summary: u, path: /upload, method: PUT, body_bytes: bytes}
queries:
  summary: rows
  path: /queries?queries={queries}
  parameters: {queries: {default: 0, unit: rows, least: 1, most: 500}}
"""
    )
    text = told(apps)
    for mistake in (
        "plaintext: path: {number} has no default in parameters",
        "json: connections: 0: ",
        "other: there is no benchrig/contract/workloads/other.py",
        "like-nothing: like: 'plaintxt' is no workload of its own; did you mean 'plaintext'?",
        "upload: method: 'PUT': ",
        "queries: parameters.queries.default: 0 is not from 1 to 500",
    ):
        assert f"  - {mistake}" in text


def test_a_workload_that_a_variant_does_not_offer_names_what_it_does() -> None:
    variant = CATALOGUE.variant("flask-async-4")
    with pytest.raises(BenchrigError) as caught:
        CATALOGUE.workload(variant, "brands")
    assert str(caught.value) == (
        "variant 'flask-async-4': the app 'flask' does not offer 'brands'; "
        "it offers plaintext, plaintext-pipelined, json, echo, sleep, fanout"
    )


def test_a_counter_in_the_memory_of_one_process_needs_one_worker() -> None:
    one, eight = CATALOGUE.variant("starlette-uvicorn"), CATALOGUE.variant("starlette-uvicorn-8")
    assert CATALOGUE.workload(one, "websocket").path == "/counter"
    assert "websocket" not in CATALOGUE.offers(eight)
    with pytest.raises(BenchrigError, match="memory of one process; use --workers 1"):
        CATALOGUE.workload(eight, "websocket")


def test_what_server_worker_class_app_and_variant_are_known_for_is_gathered() -> None:
    sync = CATALOGUE.variant("flask-sync").known
    assert sync["kept-alive"] == "a sync worker closes the connection after every answer"
    crax = CATALOGUE.variant("crax-uvicorn")
    assert "mixing" in crax.known
    assert "another one's data" in crax.unsafe


@pytest.mark.parametrize(
    ("variant", "settings", "pool"),
    [
        ("flask-sync-8", {}, 1),
        ("flask-gthread-4x2", {}, 2),
        ("flask-gthread-4x2", {"threads": "16"}, 8),
        ("flask-gevent-4", {}, 8),
        ("starlette-uvicorn-8", {}, 4),
        ("starlette-uvicorn", {"workers": "4"}, 8),
        ("starlette-uvicorn", {"database_connections": "5"}, 5),
        ("starlette-uvicorn", {"pool_size": "1"}, 1),
        ("aiohttp-nginx-8", {}, 4),
        ("starlette-granian", {}, 32),
        ("wsgi-granian", {}, 1),
        ("flask-bridge", {}, 1),
        ("flask-bridge-4", {}, 1),
    ],
)
def test_connections_are_shared_out_and_none_is_opened_that_can_not_be_used(
    variant: str, settings: dict[str, str], pool: int
) -> None:
    chosen = CATALOGUE.override(CATALOGUE.variant(variant), settings)
    assert CATALOGUE.worker_pool(chosen) == pool


@pytest.mark.parametrize(
    ("variant", "requests"),
    [
        ("flask-sync-4", 1),
        ("flask-gthread-4x2", 2),
        ("flask-gevent-4", 0),
        ("starlette-granian", 0),
        ("flask-bridge", 1),
        ("flask-bridge-4", 1),
    ],
)
def test_an_app_that_takes_requests_in_turn_does_so_on_any_server(
    variant: str, requests: int
) -> None:
    assert CATALOGUE.answers_at_once(CATALOGUE.variant(variant)) == requests


def test_an_app_wins_over_its_server_in_how_many_requests_a_worker_answers(apps: Path) -> None:
    change(apps / "flask/app.yml", "    offers: &sync", "    at_once: 3\n    offers: &sync")
    catalogue = load_catalogue(apps)
    assert catalogue.answers_at_once(catalogue.variant("flask-gthread-4x2")) == 3


def override(name: str, **settings: str) -> str:
    """What is said against a setting."""
    with pytest.raises(BenchrigError) as caught:
        CATALOGUE.override(CATALOGUE.variant(name), settings)
    return str(caught.value)


def test_a_setting_that_can_not_be_is_refused_with_the_reason() -> None:
    assert "loop: 'uvlop' is none of uvicorn's; did you mean 'uvloop'?" in override(
        "starlette-uvicorn", loop="uvlop"
    )
    assert "workers: 2: the server 'aiohttp' takes no such setting" in override(
        "aiohttp", workers="2"
    )
    assert "workers: 'many': " in override("quart", workers="many")
    assert "'worker' is no setting; did you mean 'workers'?" in override("quart", worker="2")
    assert "worker_class: 'gevent' " in override("quart", worker_class="gevent")


def test_a_worker_class_set_for_one_run_brings_what_it_is_known_for(apps: Path) -> None:
    catalogue: Catalogue = load_catalogue(apps)
    threads = catalogue.variant("flask-gthread-4x2")
    sync = catalogue.override(threads, {"worker_class": "sync", "threads": "0"})
    assert "kept-alive" not in threads.known
    assert "kept-alive" in sync.known
