"""When a number is refused, and with which words."""

from dataclasses import replace

from benchrig.drivers.base import LoadErrors
from benchrig.figures import figures
from benchrig.trial.raw import Check, Fault, RawTrial, Sampled
from benchrig.verdict.validity import Reason, Validity, judge
from tests.factories import make_driver_run, make_plan, make_raw
from tests.open_loop import Served, served_trial


def verdict(raw: RawTrial) -> Validity:
    """The trial's validity."""
    return judge(raw, figures(raw))


def texts(raw: RawTrial) -> list[str]:
    """The reasons' texts."""
    return [reason.text for reason in verdict(raw).reasons]


def test_a_sound_trial_is_valid() -> None:
    assert verdict(make_raw()) == Validity("valid", ())


def test_a_failed_check_makes_it_invalid() -> None:
    raw = make_raw(checks=[Check("json", passed=False, detail="GET /json: status is 500")])
    assert verdict(raw).grade == "invalid"
    assert texts(raw) == ["json: GET /json: status is 500"]


def test_errors_above_one_in_a_thousand_make_it_invalid() -> None:
    raw = make_raw(driver_runs=[make_driver_run("server-died")])
    assert texts(raw) == ["84.71% of requests failed (read 8, write 14,855); at most 0.1% may"]


def test_errors_are_told_by_kind_and_name() -> None:
    errors = LoadErrors(connect=2, status=1_070, detail={"status 503": 1_070, "connect 111": 2})
    assert errors.told == "connect 2, status 1,070; of these status 503: 1,070, connect 111: 2"
    assert LoadErrors(timeout=3).told == "timeout 3"


def test_a_server_that_answers_only_errors_has_no_throughput() -> None:
    assert texts(make_raw(driver_runs=[make_driver_run("bad-gateway")])) == [
        "not one request was answered"
    ]


def test_a_restarted_app_makes_it_invalid() -> None:
    raw = make_raw(app_units={"app": {"begin": "abc", "end": "not running (signal)"}})
    assert verdict(raw).grade == "invalid"
    assert texts(raw) == ["app: the app was running as abc, then not running (signal)"]


def test_missing_telemetry_makes_it_suspect_only() -> None:
    fault = Fault("host 'monitor'", "Prometheus does not answer", fatal=False)
    assert verdict(make_raw(faults=[fault])).grade == "suspect"


def test_a_load_that_was_over_at_once_has_no_cost_and_is_suspect() -> None:
    whole = make_raw()
    early = {moment: s for moment, s in whole.snapshots["app"].items() if moment != "middle"}
    (text,) = texts(make_raw(snapshots={"app": early}))
    assert text.startswith("the app's counters were not read in the middle of the load")
    assert texts(make_raw(snapshots={})) == []  # nothing was to be read, as in older records


def test_clients_that_never_came_make_a_level_suspect() -> None:
    raw = served_trial(Served(rate=500, capacity=1000))
    asked = raw.plan.level.connections
    record = raw.driver_runs[0].files["live.jsonl"]
    fewer = record.replace(f'"opened": {asked}', f'"opened": {asked // 2}')
    assert fewer != record
    run = replace(raw.driver_runs[0], files={"live.jsonl": fewer})
    text = f"{asked // 2} of {asked} connections were opened by the end"
    assert text in texts(replace(raw, driver_runs=[run]))
    assert text not in texts(raw)


def test_a_trial_that_never_measured_is_invalid() -> None:
    raw = make_raw(driver_runs=[], snapshots={}, app_units={})
    assert texts(raw) == ["nothing was measured"]


KNOWN = Check("kept-alive", passed=False, detail="closes", known="by its nature")


def test_what_a_stack_can_not_do_stands_beside_a_valid_number() -> None:
    raw = make_raw(checks=[Check("answer", passed=True), KNOWN])
    assert verdict(raw) == Validity("valid", (Reason("valid", "known, kept-alive: by its nature"),))


def test_a_known_failure_that_did_not_happen_is_told() -> None:
    raw = make_raw(checks=[replace(KNOWN, passed=True)])
    assert texts(raw) == ["kept-alive passes, though it is known to fail"]
    mended = replace(raw, plan=replace(raw.plan, via="nginx"))
    assert texts(mended) == []


def test_a_stack_that_is_not_for_use_is_suspect() -> None:
    raw = make_raw(plan=make_plan("crax-uvicorn"))
    assert verdict(raw).grade == "suspect"
    assert texts(raw)[0].startswith("not for use: it answers one request with another one's data")


def test_one_wrong_answer_under_load_makes_it_invalid() -> None:
    raw = make_raw(sampled=Sampled(57, 1, 0, "/queries?queries=3: 2 rows, not 3"))
    assert verdict(raw).grade == "invalid"
    assert texts(raw) == [
        "under load 1 of 57 sampled answers were wrong, the first: "
        "/queries?queries=3: 2 rows, not 3"
    ]


def test_samples_without_an_answer_are_the_load_drivers_to_judge() -> None:
    assert verdict(make_raw(sampled=Sampled(57, 0, 9, ""))).grade == "valid"


def test_a_stack_known_to_answer_wrongly_under_load_is_suspect() -> None:
    plan = make_plan("crax-uvicorn", "echo")
    raw = make_raw(plan=plan, sampled=Sampled(10, 3, 0, "/echo: not mine"))
    assert {reason.grade for reason in verdict(raw).reasons} == {"suspect"}
    assert texts(raw)[0].startswith("under load 3 of 10 sampled answers were wrong")
