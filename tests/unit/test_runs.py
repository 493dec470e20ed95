"""Runs of many trials: executed, interrupted, gone on with, compared, read back."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.commands.running import require_same_hosts, require_same_locks
from benchrig.compare.pairs import Outcome as Kind
from benchrig.errors import BenchrigError
from benchrig.inventory import Host, Inventory
from benchrig.report.asked import answer
from benchrig.report.build import Judged, build
from benchrig.report.expected import expected_section
from benchrig.spec.expectation import Expectation
from benchrig.spec.locks import read_lock
from benchrig.stats.noise import calibrate
from benchrig.store.derived import derived_of, rejudge
from benchrig.store.noise import (
    OutcomeNoise,
    StoredCalibration,
    read_calibration,
    store_calibration,
)
from benchrig.store.run import SCHEMA, RunDirectory, RunSpec, read_run
from benchrig.suite.comparison import Judgement, Place, compared, conditions, labels
from benchrig.suite.efficiency import efficiency
from benchrig.suite.execute import Execution
from benchrig.suite.judging import floors_of
from benchrig.suite.outcome import CellOutcome, Outcome, outcome
from benchrig.suite.record import SCHEMA as PLAN_SCHEMA
from benchrig.suite.record import read_plan
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import RawTrial
from tests.factories import BEGIN, make_driver_run, make_plan, make_process, make_raw, make_snapshot
from tests.simulated import noise
from tests.small_runs import RIG, Controller, Quiet, begin, complete, plan_of

FLOORS = {Kind.THROUGHPUT: 0.005, Kind.CPU: 0.005}


def test_the_report_of_a_comparison_tells_its_paired_finding(tmp_path: Path) -> None:
    """The second app is 10 % slower in each block, while the machine grows twice as slow."""
    plan = replace(plan_of(8), kind="comparison")
    named = ("baseline: aiohttp", "contender: quart")
    cells = tuple(replace(c, case=n) for c, n in zip(plan.cells, named, strict=True))
    plan = replace(plan, cells=cells)
    store = begin(tmp_path, plan)
    for number, slot in enumerate(plan.order, 1):
        seconds = (1 + slot.block / 8) * (1.1 if slot.cell else 1.0)
        store.add(number, slowed(plan.cells[slot.cell].plan, seconds))
    store.finish("complete")
    rejudge(store.path)
    run = read_run(store.path)
    document = build(Judged(run, derived_of(store.path)))
    assert document.finding.startswith("quart against aiohttp: slower, by CPU per request +10.0 %")
    assert "For information: slower, by requests per second -9.1 %" in document.finding
    assert document.finding.startswith(answer(run, plan))


def slowed(plan: TrialPlan, seconds: float) -> RawTrial:
    """The same requests in so many seconds, and so much more of the app's CPU."""
    app = "benchrig-app.slice"
    moments = {
        moment: make_snapshot(
            BEGIN + share * seconds, {app: [make_process(7, 1 + share * 0.9 * seconds)]}
        )
        for moment, share in (("begin", 0.0), ("middle", 0.5), ("end", 1.0))
    }
    run = make_driver_run()
    stdout = run.stdout.replace("in 1.03s", f"in {seconds:.6f}s")
    assert stdout != run.stdout
    run = replace(run, stdout=stdout)
    return make_raw(plan=plan, driver_runs=[run], snapshots={"app": moments})


def test_a_run_without_a_plan_is_refused_by_name(tmp_path: Path) -> None:
    store = RunDirectory(tmp_path, RunSpec(SCHEMA, "run-2", BEGIN, "fab bench", "lab", "lab"))
    with pytest.raises(BenchrigError, match="run-2: it has no plan"):
        read_plan(store.path)


def test_a_plan_of_a_newer_schema_is_refused(tmp_path: Path) -> None:
    store = begin(tmp_path, replace(plan_of(), schema=PLAN_SCHEMA + 1))
    with pytest.raises(BenchrigError, match="update benchrig"):
        read_plan(store.path)


def test_a_run_goes_on_only_on_the_hosts_it_began_on() -> None:
    with pytest.raises(BenchrigError, match=r"192\.0\.2\.12, which other does not have"):
        require_same_hosts(Inventory("other", {}), plan_of())
    app = Host("app", "192.0.2.12", "192.0.2.12", ("app_servers",))
    rig = Inventory("mine", {"app": app})
    plan = replace(plan_of(), asked={"rig": rig.fingerprint})
    require_same_hosts(rig, plan)
    second = Host("loadgen-2", "192.0.2.21", "192.0.2.21", ("load_generators",))
    with pytest.raises(BenchrigError, match="other hosts, groups or addresses, which mine"):
        require_same_hosts(replace(rig, hosts={"app": app, "loadgen-2": second}), plan)


def test_a_run_goes_on_only_with_the_packages_it_began_with(tmp_path: Path) -> None:
    plan = plan_of()
    (app,) = {cell.plan.variant.app for cell in plan.cells}
    (tmp_path / app).mkdir()
    lock = tmp_path / app / "requirements.txt"
    lock.write_text("aiohttp==3.13.2\n")
    began = read_lock(tmp_path, app)
    cells = tuple(replace(c, plan=replace(c.plan, lock=began)) for c in plan.cells)
    require_same_locks(replace(plan, cells=cells), tmp_path)
    lock.write_text("aiohttp==3.14.0\n")
    with pytest.raises(BenchrigError, match=f"packages of apps/{app} are others"):
        require_same_locks(replace(plan, cells=cells), tmp_path)


def outcomes_of(rates: list[float], cores: float = 0.9) -> list[Outcome]:
    """A trial a block, its CPU per request going with its rate."""
    app = "benchrig-app.slice"
    moments = {
        "begin": make_snapshot(BEGIN, {app: [make_process(7, 1.0)]}),
        "middle": make_snapshot(BEGIN + 0.5, {app: [make_process(7, 1.0 + cores / 2)]}),
        "end": make_snapshot(BEGIN + 1.0, {app: [make_process(7, 1.0 + cores)]}),
    }
    real = outcome(1, 1, 0, make_raw(snapshots={"app": moments}))
    return [
        replace(
            real,
            number=block,
            block=block,
            values={"requests_per_second": rate, "cpu_seconds_per_request": 0.9 / rate},
        )
        for block, rate in enumerate(rates, 1)
    ]


def test_a_slower_contender_is_found_by_both_outcomes() -> None:
    drift = [1000 * (1 + 0.1 * block) for block in range(10)]
    scatter = noise("lognormal", (1, 10), seed=3)[0] / 10
    slower = [0.97 * rate * (1 + x) for rate, x in zip(drift, scatter, strict=True)]
    found = compared(
        outcomes_of(drift), outcomes_of(slower), Judgement(FLOORS, shared_machine=True)
    )
    assert (found.primary.outcome, found.primary.word) == (Kind.CPU, "slower")
    assert (found.secondary.outcome, found.secondary.word) == (Kind.THROUGHPUT, "slower")
    assert found.why.startswith("the hosts share one machine")


def test_an_app_that_waits_is_judged_by_its_throughput_even_in_a_lab() -> None:
    busy, waiting = outcomes_of([100.0]), outcomes_of([100.0], cores=0.05)
    assert conditions(busy, busy, shared_machine=True).app_cpu_bound is True
    assert conditions(waiting, waiting, shared_machine=True).app_cpu_bound is False
    refused = [replace(o, grade="invalid", refused="died") for o in busy]
    assert conditions(refused, refused, shared_machine=True).has_cpu is False


def test_a_trial_at_a_given_rate_is_judged_by_its_cpu() -> None:
    paced = outcome(1, 1, 0, make_raw(plan=make_plan(rate_per_second=50.0)))
    assert paced.rate_given
    assert conditions([paced], [paced], shared_machine=False).rate_given
    assert not conditions(outcomes_of([9.0]), outcomes_of([9.0]), shared_machine=False).rate_given


def test_labels_tell_levels_apart() -> None:
    one, other = make_plan(), make_plan(connections=32, parameters={"queries": 5.0})
    assert labels(one, Place()).level == "connections=64"
    assert labels(other, Place()).level == "connections=32 queries=5"
    ramp = make_plan(rate_per_second=50.0, rate_to_per_second=500.0)
    assert labels(ramp, Place()).level == "connections=64 rate=50 rate to=500"
    users = make_plan(spawn_rate_per_second=2.0)
    assert labels(users, Place()).level == "connections=64 spawn rate=2"


def test_the_dataset_counts_only_where_it_is_read() -> None:
    place = Place("rig", "d4", 2)
    assert labels(make_plan(workload="db"), place).dataset == "d4"
    assert labels(make_plan(workload="json"), place).dataset == ""


def test_a_calibration_is_kept_per_rig_and_read_back(tmp_path: Path) -> None:
    hosts = Inventory("lab", {}, lab="a")
    blocks = tuple(noise("lognormal", (1, 20), seed=1)[0].tolist())
    made = OutcomeNoise(Kind.CPU, blocks, calibrate(blocks))
    kept = StoredCalibration(1, hosts.fingerprint, "run", BEGIN, "quart", "json", 8.0, (made,))
    store_calibration(tmp_path, kept)
    assert read_calibration(tmp_path, kept.rig) == kept
    assert floors_of(kept)[Kind.CPU] == made.noise.floor
    assert floors_of(None) == FLOORS
    assert read_calibration(tmp_path, replace(hosts, lab="b").fingerprint) is None


def test_efficiency_counts_each_tiers_cpu_memory_and_money() -> None:
    real = outcome(1, 1, 0, make_raw(driver_runs=[make_driver_run()]))
    cell = CellOutcome(plan_of().cells[0], (real,))
    found = efficiency(cell, {"app": {"a": 0.36}})
    assert found is not None
    rate = real.values["requests_per_second"]
    assert found.price_per_million == pytest.approx(0.36 / 3600 / rate * 1e6)
    assert found.memory_per_connection_bytes == 30_000_000 / 8
    assert found.memory_per_worker_bytes == 30_000_000
    assert found.requests_per_cpu_second["app"] == real.values["requests_per_app_cpu_second"]
    reading = replace(cell.cell, plan=make_plan(workload="db"))
    both = efficiency(
        replace(cell, cell=reading), {"app": {"a": 0.36}, "postgresql": {"a": 0.36, "b": 0.36}}
    )
    assert both is not None
    assert both.price_per_million == pytest.approx(2 * 0.36 / 3600 / rate * 1e6)
    unpriced = efficiency(cell, {"app": {"a": 0.0}})
    assert unpriced is not None
    assert unpriced.price_per_million is None
    assert (
        efficiency(CellOutcome(cell.cell, (replace(real, grade="invalid", refused="no"),)), {})
        is None
    )


def test_the_report_of_a_suite_tells_what_it_found(tmp_path: Path) -> None:
    plan = plan_of(1)
    expect = Expectation(says="both are alike", shape="ahead", case="case 0", than="case 1")
    cells = tuple(replace(cell, axes={}) for cell in plan.cells)
    plan = replace(plan, expect=(expect,), cells=cells)
    store = begin(tmp_path, plan)
    Execution(RIG, store, plan, Quiet(), measure=Controller(), complete=complete).run()
    section = expected_section(read_run(store.path))
    assert section.tables[0].rows == (("seen", "both are alike", "1.00 times case 1"),)
    bare = RunDirectory(tmp_path, RunSpec(SCHEMA, "run-3", BEGIN, "fab bench", "lab", "lab"))
    assert expected_section(read_run(bare.path)).empty
