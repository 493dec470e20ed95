"""From a variant to the exact command line."""

import argparse
import json
from pathlib import Path

import pytest

from benchrig.host import launch as host_launch
from benchrig.spec.catalogue import load_catalogue
from benchrig.spec.launch import Launch, launch

CATALOGUE = load_catalogue(Path(__file__).parents[2] / "apps")


def launched(name: str, **settings: str) -> Launch:
    """The variant's launch at an address of documentation."""
    variant = CATALOGUE.override(CATALOGUE.variant(name), settings)
    return launch(CATALOGUE, variant, "192.0.2.12", 8000)


@pytest.mark.parametrize(
    ("variant", "command"),
    [
        (
            "flask-gthread-4x2",
            "/opt/benchrig/venvs/flask/bin/gunicorn --bind=192.0.2.12:{port} --backlog=8192 "
            "--no-control-socket --workers=4 --threads=2 --worker-class=gthread app:app",
        ),
        (
            "starlette-uvicorn-h11",
            "/opt/benchrig/venvs/starlette/bin/uvicorn --host=192.0.2.12 --port={port} "
            "--backlog=8192 --no-access-log --log-level=warning --http=httptools --loop=asyncio "
            "--workers=1 app:app --http=h11",
        ),
        (
            "quart-4",
            "/opt/benchrig/venvs/quart/bin/hypercorn --bind=192.0.2.12:{port} --backlog=8192 "
            "--workers=4 --worker-class=asyncio app:app",
        ),
        (
            "django-granian",
            "/opt/benchrig/venvs/django/bin/granian --host=192.0.2.12 --port={port} "
            "--backlog=8192 --log-level=warning --interface=wsgi --workers=1 "
            "--blocking-threads=1 project.wsgi:application",
        ),
        (
            "aiohttp-uvloop",
            "/opt/benchrig/venvs/aiohttp/bin/python serve.py --address=192.0.2.12 "
            "--port={port} --loop=uvloop app:app",
        ),
        (
            "django-daphne",
            "/opt/benchrig/venvs/django/bin/daphne "
            "--endpoint=tcp:port={port}:interface=192.0.2.12:backlog=8192 --verbosity=0 "
            "project.asgi:application",
        ),
        (
            "flask-waitress",
            "/opt/benchrig/venvs/flask/bin/waitress-serve --host=192.0.2.12 --port={port} "
            "--backlog=8192 --connection-limit=8192 --asyncore-use-poll --threads=4 app:app",
        ),
    ],
)
def test_the_command_line_is_exactly_this(variant: str, command: str) -> None:
    assert " ".join(launched(variant).argv) == command


def test_the_environment_tells_the_app_its_share_of_the_database() -> None:
    assert launched("starlette-uvicorn-8").environment == {
        "PYTHONPATH": "/opt/benchrig/apps/contract",
        "POOL_SIZE": "4",
    }


def test_several_processes_get_a_port_each() -> None:
    plan = launched("aiohttp-nginx-8")
    assert (plan.processes, plan.first_port) == (8, 8000)
    assert "--port={port}" in plan.argv


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        (".", "/no/such/bin/daphne: no such program; name what brings it in"),
        ("new-app", "new-app: no such app on this host; run `ansible-playbook site.yml"),
    ],
)
def test_what_is_not_on_the_app_server_is_told_by_name(
    folder: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = str(tmp_path / folder)
    plan = {"argv": ["/no/such/bin/daphne"], "directory": directory, "environment": {}}
    (tmp_path / "launch.json").write_text(
        json.dumps({"new": {**plan, "processes": 1, "first_port": 8000}})
    )
    monkeypatch.setattr(host_launch, "OF_THIS_RUN", tmp_path / "launch.json")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=told):
        host_launch.run(argparse.Namespace(variant="new"))


def test_an_override_is_in_the_command_line() -> None:
    assert "--workers=3" in launched("quart-4", workers="3").argv
