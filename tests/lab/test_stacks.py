"""Apps, variants and the contract on real hosts, with a real database."""

import base64
import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from benchrig.contract.dataset import CHECKSUM_SQL, checksum
from benchrig.figures import figures
from benchrig.inventory import load_inventory
from benchrig.progress import Reporter
from benchrig.remote.rig import Rig
from benchrig.spec.catalogue import load_catalogue
from benchrig.trial import database, service, verify
from benchrig.trial.plan import APP_PORT, Level, TrialPlan, plan_trial
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import begin_trial, complete_trial, run_trial
from benchrig.trial.verify_variant import verify_variant
from benchrig.verdict.validity import Validity, judge
from tests.lab.rig import PROJECT, LabRig

CATALOGUE = load_catalogue(PROJECT / "apps")
SHORT = Level(64, 1, duration_seconds=2, warmup_seconds=0, primer_seconds=0)
FAULTY = "/opt/benchrig/faulty"
UNPACK = 'mkdir -p "$1" && echo "$2" | base64 -d | tar -xz -C "$1" --no-same-owner'
# One for each app, each on another server where there is a choice.
OF_EACH_APP = [
    "wsgi-gunicorn-4",
    "asgi-gunicorn",
    "flask-gthread-4x2",
    "flask-async-4",
    "quart-uvloop",
    "starlette-uvicorn",
    "aiohttp-uvloop",
    "django-granian",
    "django-asgi",
    "fastapi-uvicorn",
    "litestar-granian",
    "blacksheep-uvicorn",
    "sanic",
    "crax-uvicorn",
]


@pytest.fixture
def opened(rig: LabRig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """The rig, locked for one test."""
    monkeypatch.setenv("BENCHRIG_INVENTORY", str(rig.inventory))
    with Rig(load_inventory(PROJECT)) as opened:
        yield opened


def plan(rig: Rig, name: str, workload: str, **settings: str) -> TrialPlan:
    """A short trial of a variant."""
    variant = CATALOGUE.override(CATALOGUE.variant(name), settings)
    of_workload = CATALOGUE.workloads[workload]
    return plan_trial(CATALOGUE, rig.inventory, variant, of_workload, SHORT, via=variant.via)


def run(rig: Rig, planned: TrialPlan) -> tuple[RawTrial, Validity]:
    """Run a trial and judge it."""
    raw = begin_trial(rig, planned)
    run_trial(rig, raw, Reporter(Console()))
    complete_trial(rig, raw)
    return raw, judge(raw, figures(raw))


def faulty(rig: Rig, name: str) -> TrialPlan:
    """A trial of an app that breaks the contract in one way; its program is put on the host."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path in ("__init__.py", "fake_app.py", "lab/faulty_app.py"):
            archive.add(PROJECT / "tests" / path, arcname=f"tests/{Path(path).name}")
    host = rig.inventory.group("app_servers")[0]
    text = base64.b64encode(packed.getvalue()).decode()
    rig.remote(host).run(["sh", "-c", UNPACK, "sh", FAULTY, text])
    planned = plan(rig, "asgi-uvicorn", "json")
    argv = ["/usr/bin/python3", f"{FAULTY}/tests/faulty_app.py", name, host.address, str(APP_PORT)]
    launch = replace(
        planned.launch,
        argv=argv,
        directory=FAULTY,
        environment={"PYTHONPATH": f"{FAULTY}:/opt/benchrig/lib"},
    )
    return replace(planned, launch=launch)


@pytest.mark.parametrize("name", OF_EACH_APP)
def test_every_app_keeps_the_contract_of_all_it_offers(opened: Rig, name: str) -> None:
    variant = CATALOGUE.variant(name)
    plans = [plan(opened, name, workload) for workload in CATALOGUE.offers(variant)]
    verified = verify_variant(opened, plans, full=False)
    assert (verified.fault, verified.failures) == ("", [])
    assert list(verified.checks) == CATALOGUE.offers(variant)


def test_every_variant_starts_and_answers(rig: LabRig) -> None:
    shown = rig.fab("verify", "--all", "--fast", "--workload", "plaintext").stdout
    count = len(CATALOGUE.variants)
    assert f"{count} of {count} variants keep the contract" in shown


def test_every_app_was_meant() -> None:
    assert {CATALOGUE.variant(name).app for name in OF_EACH_APP} == CATALOGUE.apps.keys()


def test_the_whole_contract_counts_statements_and_stops_under_way(opened: Rig) -> None:
    verified = verify_variant(opened, [plan(opened, "starlette-uvicorn", "updates")])
    assert (verified.fault, verified.failures) == ("", [])
    made = {check.name: check.passed for check in verified.checks["updates"]}
    assert made["crowd"]
    assert made["statements"]
    assert made["rows-change"]
    assert verified.stop
    assert verified.stop.passed


def test_statements_that_an_app_does_not_send_are_missed(opened: Rig) -> None:
    planned = plan(opened, "starlette-uvicorn", "queries")
    unasked = replace(
        planned, workload=replace(planned.workload, path="/cached-queries?queries={queries}")
    )
    verified = verify_variant(opened, [unasked])
    failed = {check.name: check.detail for _, check in verified.failures}
    assert "for 512 requests, not 10240 of 10240" in failed["statements"]


def test_an_app_that_keeps_the_contract_is_loaded(opened: Rig) -> None:
    planned = faulty(opened, "Right")
    # Long enough for a scrape or two that others on the machine make late.
    raw, validity = run(opened, replace(planned, level=replace(planned.level, duration_seconds=5)))
    assert all(check.passed for check in raw.checks)
    assert raw.sampled
    assert (raw.sampled.wrong, raw.sampled.asked > 3) == (0, True)
    assert validity.grade == "valid", validity.reasons


def test_a_server_that_answers_wrongly_only_under_load_is_caught(opened: Rig) -> None:
    raw, validity = run(opened, faulty(opened, "WrongUnderLoad"))
    assert all(check.passed for check in raw.checks)
    assert validity.grade == "invalid"
    (text,) = [r.text for r in validity.reasons if r.text.startswith("under load")]
    assert "sampled answers were wrong, the first: /json: " in text
    assert "Goodbye, World!" in text


def test_an_app_that_ignores_the_body_is_not_loaded(opened: Rig) -> None:
    raw, validity = run(opened, faulty(opened, "IgnoresBody"))
    assert [check.name for check in raw.checks if not check.passed] == ["mixing"]
    assert raw.driver_runs == []
    assert validity.grade == "invalid"


def test_the_dataset_is_whole_again_after_a_trial_that_wrote(opened: Rig) -> None:
    _, validity = run(opened, plan(opened, "starlette-uvicorn", "updates"))
    assert validity.grade == "valid", validity.reasons
    assert database.query(opened, CHECKSUM_SQL) != checksum()
    run(opened, plan(opened, "starlette-uvicorn", "db"))
    assert database.query(opened, CHECKSUM_SQL) == checksum()


def test_the_pool_is_as_large_as_one_run_says(opened: Rig) -> None:
    planned = plan(opened, "quart-uvicorn", "db", workers="2", pool_size="3")
    try:
        service.start(opened, planned)
        assert verify.good_enough(verify.fast(opened, planned))
        count = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'benchrig'"
        assert database.query(opened, count) == "6"
    finally:
        service.stop_all(opened)


def test_every_process_behind_nginx_answers(opened: Rig) -> None:
    raw, validity = run(opened, plan(opened, "aiohttp-nginx-8", "db"))
    assert validity.grade == "valid", validity.reasons
    processes = figures(raw).tiers["app"].processes
    assert sum(bool(process.connections) for process in processes) == 8


def test_the_number_of_workers_can_be_said_for_one_run(rig: LabRig) -> None:
    typed = ["--variant", "starlette-uvicorn", "--workers", "4", "--workload", "db"]
    shown = rig.fab("bench", *typed, "--duration", "2s", "--warmup", "0").stdout
    assert "  invalid" not in shown
    (stored,) = rig.results.glob("*-starlette-uvicorn-db-*/trials/001/raw.json")
    text = stored.read_text()
    assert '"--workers=4"' in text
    assert '"POOL_SIZE": "8"' in text
    assert '"asyncpg":' in text, "the versions of everything in the environment"
