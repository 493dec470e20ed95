"""Which cause is named, from records of real injected trials and from figures made up for it."""

from dataclasses import replace
from typing import Any

import pytest

from benchrig.figures import figures
from benchrig.selftest.cases import all_cases
from benchrig.selftest.trial import outcome
from benchrig.verdict import bottleneck
from benchrig.verdict.bottleneck import find_bottleneck, judge
from benchrig.verdict.causes import all_causes
from benchrig.verdict.facts import Link
from benchrig.verdict.neighbours import cpus
from tests.factories import make_raw
from tests.facts import limit, make_database, make_facts, make_queued, make_running, make_worker
from tests.trials import GOLDEN, golden

RECORDED = sorted(path.stem for path in GOLDEN.glob("*.json"))


@pytest.mark.parametrize("case", RECORDED)
def test_what_was_put_into_a_real_trial_is_named(case: str) -> None:
    found = outcome(all_cases()[case], golden(case))
    assert found.said in found.expects, found.why


def test_there_are_records_of_every_kind() -> None:
    assert {all_cases()[case].kind for case in RECORDED} == {"injected", "clean", "bad"}
    causes = {cause for case in RECORDED for cause in all_cases()[case].expects}
    assert causes == {cause.name for cause in all_causes()}


def test_nothing_busy_means_that_more_load_would_be_answered() -> None:
    assert limit() == "offered-load"


def test_a_worker_that_never_sleeps_is_the_apps_cpu() -> None:
    found = judge(make_facts(workers=(make_worker(0.98),), app_cores=0.98))
    assert found.limit.cause == "app-cpu"
    assert found.limit.because == "1 of 1 workers never rest, the app used 0.98 of 2 cores"
    assert found.limit.advice.startswith("Add workers (2 cores for 1 workers)")


def test_an_app_whose_cpu_others_hold_is_not_told_to_add_workers() -> None:
    workers = (make_worker(0.2, delay=0.78),)
    rig = {"neighbours": (("PostgreSQL", 0.41), ("nginx", 0.2))}
    found = judge(make_facts(workers=workers, app_cores=0.2, **rig))
    assert found.limit.cause == "app-cpu"
    assert found.limit.advice == (
        "Leave the app's CPU to it: others (of this rig: PostgreSQL 0.41 core, nginx 0.20 core) "
        "had it 78 % of the time, which neither more workers nor a cheaper handler would mend."
    )


def test_a_worker_that_waits_for_a_cpu_most_of_the_time_is_not_short_of_clients() -> None:
    """As recorded on a busy machine: 0.16 of a core, 71 % of the time in the run queue."""
    facts = {"queued": make_queued(unread=5.3, pressed=0.6), "in_flight": 16.0, "app_cpus": 1}
    assert limit(**facts, workers=(make_worker(0.16, delay=0.71),), app_cores=0.16) == "app-cpu"


def test_the_kernels_lists_of_cpus_are_read() -> None:
    assert cpus("0-3,6") == {0, 1, 2, 3, 6}
    assert cpus("") == frozenset()


def test_a_worker_kept_from_its_cpu_is_busy_all_the_same() -> None:
    assert limit(workers=(make_worker(0.2, delay=0.78),), app_cores=0.2) == "app-cpu"


def test_a_worker_kept_from_its_cpu_that_hardly_needs_it_is_not_busy() -> None:
    assert limit(workers=(make_worker(0.05, delay=0.5),), app_cores=0.05) == "offered-load"


def test_one_full_worker_among_idle_ones_with_even_connections() -> None:
    workers = (make_worker(0.99), make_worker(0.2), make_worker(0.2), make_worker(0.2))
    assert limit(workers=workers, app_cores=1.6, app_cpus=4) == "app-one-worker"


def test_one_full_worker_that_holds_most_connections() -> None:
    idle = make_worker(0.1, connections=2)
    workers = (make_worker(0.99, connections=58), idle, idle, idle)
    assert limit(workers=workers, app_cores=1.3, app_cpus=4) == "accept-imbalance"


def test_uneven_connections_behind_nginx_are_an_effect_of_a_slow_process() -> None:
    idle = make_worker(0.1, connections=2)
    workers = (make_worker(0.99, connections=58), idle, idle, idle)
    assert limit(workers=workers, app_cores=1.3, app_cpus=4, processes=4) == "app-one-worker"


def test_full_cpus_are_not_a_matter_of_balance() -> None:
    workers = (make_worker(0.99, connections=58), make_worker(0.95, connections=2))
    assert limit(workers=workers, app_cores=1.94) == "app-cpu"


def test_a_worker_that_sleeps_in_a_blocking_call() -> None:
    workers = (make_worker(0.05, blocked=1.0, unread=30.0, pressed=1.0),)
    assert limit(workers=workers, queued=make_queued(unread=30.0, pressed=1.0)) == (
        "event-loop-blocked"
    )


def test_sync_workers_that_all_wait() -> None:
    queued = make_queued(backlog=28.0, pressed=1.0)
    workers = tuple(make_worker(0.02, blocked=1.0) for _ in range(4))
    facts = {"slots": 4, "workers": workers, "queued": queued}
    assert limit(**facts) == "concurrency"


def test_a_full_database_is_named_before_the_workers_that_wait_for_it() -> None:
    workers = tuple(make_worker(0.02, blocked=1.0) for _ in range(4))
    facts = {"slots": 4, "workers": workers}
    facts |= {"queued": make_queued(backlog=28.0, pressed=1.0, executing=4.0)}
    database = make_database(cpu_cores=0.97, wanted_cores=3.8, connected=4, executing=3.9, active=4)
    found = judge(make_facts(**facts, database=database))
    assert found.limit.cause == "database"
    assert found.second is not None
    assert found.second.cause == "concurrency"


def test_backends_that_wait_for_a_lock() -> None:
    database = make_database(active=31.0, waiting_for_lock=30.0, executing=31.0)
    found = judge(make_facts(database=database, queued=make_queued(executing=31.0)))
    assert found.limit.cause == "database"
    assert found.limit.advice.startswith("Shorten the transactions that hold the lock: 97 %")


def test_many_requests_for_one_connection_of_an_idle_database() -> None:
    database = make_database(connected=1.0, executing=0.4, cpu_cores=0.3, wanted_cores=0.3)
    found = judge(make_facts(database=database, queued=make_queued(executing=0.4)))
    assert found.limit.cause == "db-pool"
    assert "32 of 32 requests wait inside the app for 1 connections" in found.limit.because


def test_a_driver_whose_answers_wait_for_it() -> None:
    queued = make_queued(client_unread=25.0)
    assert limit(drivers=(make_running(0.97),), queued=queued) == "load-generator"


def test_a_driver_that_never_rests_while_the_app_does_is_the_limit_of_a_closed_loop() -> None:
    queued = make_queued(unread=12.0, client_unread=4.0, pressed=0.5)
    facts = {"drivers": (make_running(0.33, delay=0.58),), "queued": queued}
    found = judge(make_facts(**facts, workers=(make_worker(0.1, delay=0.3),), idle_clients=7.0))
    assert found.limit.cause == "load-generator"
    assert found.limit.because.endswith(
        "4 answers waited for it, 12 requests elsewhere, 7 connections for their next request"
    )


def test_workers_that_are_kept_from_a_cpu_more_than_they_sleep_need_no_more_workers() -> None:
    """As recorded on a busy machine: 0.04 of a core each, and a queue at the door throughout."""
    workers = tuple(make_worker(0.04, delay=0.67, blocked=1.0) for _ in range(4))
    queued = make_queued(backlog=31.0, pressed=1.0)
    facts = {"slots": 4, "workers": workers, "queued": queued, "app_cores": 0.15, "app_cpus": 1}
    assert limit(**facts) == "app-cpu"


def test_a_busy_driver_is_no_limit_while_requests_wait_for_the_app() -> None:
    facts = {"workers": (make_worker(0.99),), "queued": make_queued(unread=25.0, pressed=1.0)}
    assert limit(drivers=(make_running(0.95),), app_cores=0.99, **facts) == "app-cpu"


def test_a_worker_of_nginx_that_never_rests() -> None:
    queued = make_queued(proxy_unread=28.0)
    facts = {"proxies": (make_running(0.99),), "via_proxy": True, "queued": queued}
    assert limit(**facts) == "proxy"


def test_a_full_link() -> None:
    link = Link("app", "eth0", "sent", 9.7e8, 1e9)
    found = judge(make_facts(links=(link,), queued=make_queued(unsent=10.0)))
    assert found.limit.cause == "network"
    assert found.limit.because.startswith("eth0 of app sent 970 of 1,000 Mbit/s (97 %)")


def test_answers_that_wait_to_be_sent_on_a_link_nobody_knows() -> None:
    assert limit(links=(Link("app", "eth0", "sent", 9e7, 0),)) == "offered-load"
    assert limit(queued=make_queued(unsent=30.0)) == "network"


def test_connections_that_rest_in_an_open_loop_owe_an_acknowledgement_and_no_answer() -> None:
    """As recorded: 1,600 requests/s over 64 connections, of which 11 are under way."""
    facts: dict[str, Any] = {"open_loop": True, "requests_per_second": 1600.0, "in_flight": 10.6}
    facts |= {"queued": make_queued(unsent=55.4, unread=5.6, pressed=0.8), "app_cpus": 1}
    assert limit(**facts, rate_kept=True) == "offered-load"
    slow = {"open_loop": True, "requests_per_second": 111.0, "in_flight": 64.0}
    assert limit(**slow, queued=make_queued(unsent=60.0)) == "network"


def test_connections_that_a_slow_driver_lets_rest_owe_no_answer_either() -> None:
    queued = make_queued(unsent=23.0, client_unread=3.0, unread=1.0)
    drivers = (make_running(0.3, delay=0.6),)
    assert limit(queued=queued, drivers=drivers, idle_clients=7.0) == "load-generator"


def test_who_keeps_a_rate_and_has_time_left_would_answer_more() -> None:
    facts: dict[str, Any] = {"open_loop": True, "requests_per_second": 2700.0, "in_flight": 104.0}
    facts |= {"queued": make_queued(unread=90.0, pressed=1.0), "app_cpus": 1, "app_cores": 0.5}
    workers = (make_worker(0.5),)
    assert limit(**facts, workers=workers, rate_kept=True) == "offered-load"
    assert limit(**facts, workers=workers) != "offered-load"
    assert limit(**facts, workers=(make_worker(0.95),), rate_kept=True) == "app-cpu"


def test_answers_in_the_wake_of_an_app_that_never_rests_are_not_the_networks() -> None:
    busy = {"workers": (make_worker(0.94),), "app_cores": 0.89, "app_cpus": 1}
    assert (
        limit(queued=make_queued(unsent=50.9, client_unread=12.1), in_flight=64.0, **busy)
        == "app-cpu"
    )


def test_answers_of_forty_milliseconds_with_a_delayed_acknowledgement_each() -> None:
    facts = {"delayed_acks": 0.97, "mode_40_ms": 0.98, "queued": make_queued(unsent=30.0)}
    assert limit(**facts) == "delayed-ack"


def test_errors_come_before_everything_else() -> None:
    facts = {"workers": (make_worker(0.99),), "app_cores": 0.99}
    assert limit(error_share=0.02, errors="status 20", **facts) == "errors"


def test_no_answer_and_no_error_are_not_called_errors() -> None:
    assert limit(error_share=1.0, errors="") == "offered-load"


def test_what_is_near_no_limit_is_said_to_be_unknown() -> None:
    queued = make_queued(unread=16.0, backlog=12.0, pressed=0.5)
    found = judge(make_facts(workers=(make_worker(0.5),), app_cores=0.5, queued=queued))
    assert found.limit.cause == bottleneck.UNKNOWN
    assert "nothing is at its limit; the nearest is" in found.limit.because


def test_what_is_far_ahead_of_all_others_is_named_though_it_is_not_full() -> None:
    """As recorded on a crowded machine: awake for 72 % of the time, and nothing else near."""
    queued = make_queued(client_unread=9.8, unread=5.3, unsent=6.3, pressed=0.8)
    facts = {"workers": (make_worker(0.16, delay=0.58),), "app_cores": 0.16, "app_cpus": 1}
    found = judge(make_facts(**facts, queued=queued, in_flight=16.0))
    assert found.limit.cause == "app-cpu"
    assert found.limit.because.endswith(
        "; not quite at its limit (0.74), but nothing else comes near"
    )


def test_an_older_record_without_looks_still_has_a_verdict() -> None:
    raw = make_raw()
    found = find_bottleneck(raw, figures(raw))
    assert found is not None
    assert found.limit.cause == "app-cpu"


def test_a_trial_that_measured_nothing_has_none() -> None:
    raw = make_raw(driver_runs=[], snapshots={}, app_units={})
    assert find_bottleneck(raw, figures(raw)) is None


def test_every_cause_tells_evidence_and_advice_in_its_own_words() -> None:
    facts = replace(make_facts(database=make_database(), via_proxy=True), slots=0)
    facts = replace(facts, proxies=(make_running(0.1),), errors="status 1")
    told = [evidence for cause in all_causes() if (evidence := cause.look(facts))]
    assert all(0 <= each.score <= 1 and each.because and each.advice for each in told)
    assert len({each.advice for each in told}) == len(told)
