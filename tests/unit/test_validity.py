"""When a number is refused, and with which words."""

from benchrig.figures import figures
from benchrig.trial.raw import Check, Fault, RawTrial
from benchrig.verdict.validity import Validity, judge
from tests.factories import make_driver_run, make_raw


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
    assert texts(raw) == ["84.71% of requests failed (read 8, write 14855); at most 0.1% may"]


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


def test_a_trial_that_never_measured_is_invalid() -> None:
    raw = make_raw(driver_runs=[], snapshots={}, app_units={})
    assert texts(raw) == ["nothing was measured"]
