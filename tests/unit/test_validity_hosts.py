"""Rules over counters of hosts and totals: what makes a trial suspect or invalid."""

from dataclasses import replace
from typing import Any

import pytest

from benchrig.figures import figures
from benchrig.tiers import POSTGRESQL
from benchrig.trial.raw import RawTrial, Sampled
from benchrig.trial.raw_counters import (
    Activity,
    Census,
    LinkCounters,
    Look,
    MachineCounters,
    NginxTotals,
    OtherProcess,
    Queues,
    Snapshot,
    ThreadCounters,
)
from benchrig.verdict.validity import judge
from tests.factories import (
    BEGIN,
    make_driver_run,
    make_plan,
    make_process,
    make_raw,
    make_snapshot,
)

APP, LOAD, NGINX = "benchrig-app.slice", "benchrig-load.service", "nginx.service"
MACHINE = MachineCounters(1000.0, 0.0, 0, 0, 0.0, 1_699_000_000, 5_000_000)
LINK = LinkCounters(0, 0, 0, 0, 0, 0, 10**9, 0)
LOOK = Look(BEGIN + 0.5, Queues(64, 10, 0, 0), Queues(0, 0, 0, 0), {7: 10}, {7: "events"})


def pair(unit: str = APP, cpu_set: str = "1", **last: Any) -> dict[str, Snapshot]:
    """Begin and end of a second in which a process used 0.9 of a core; ``last`` changes the end."""
    first = make_snapshot(BEGIN, {unit: [make_process(7, 1.0, cpu_set=cpu_set)]})
    end = make_snapshot(BEGIN + 1.0, {unit: [make_process(7, 1.9, cpu_set=cpu_set)]})
    received = replace(LINK, rx_bytes=10**9)
    first = replace(first, machine=MACHINE, links={"eth0": LINK})
    end = replace(end, machine=replace(MACHINE, cpu_seconds=1002.0), links={"eth0": received})
    return {"begin": first, "middle": first, "end": replace(end, **last)}


def made(app: dict[str, Snapshot] | None = None, **changes: Any) -> RawTrial:
    """A sound trial with the newer counters."""
    snapshots = {"app": app or pair(), **changes.pop("hosts", {})}
    return make_raw(**{"snapshots": snapshots, "census": {"app": Census(0.01, (LOOK,))}} | changes)


def told(raw: RawTrial) -> list[tuple[str, str]]:
    """Grade and text of every reason."""
    return [(reason.grade, reason.text) for reason in judge(raw, figures(raw)).reasons]


def test_a_sound_trial_with_all_counters_is_valid() -> None:
    assert told(made()) == []


def test_what_may_not_happen_at_all_counts_from_before_the_first_connection() -> None:
    app = pair()
    begin = replace(app["begin"], units=make_snapshot(BEGIN, {APP: [make_process(8, 1.0)]}).units)
    found = told(made({**app, "begin": begin, "first": app["begin"]}))
    text = "app: 1 of the app's 1 processes ended and 1 were started while the load ran"
    assert ("invalid", text) in found


def test_a_worker_that_was_replaced() -> None:
    app = pair()
    new = make_snapshot(BEGIN + 1.0, {APP: [make_process(8, 0.9)]})
    app["end"] = replace(app["end"], units=new.units)
    text = "app: 1 of the app's 1 processes ended and 1 were started while the load ran"
    assert told(made(app)) == [("invalid", text)]


def test_a_host_that_swapped_or_killed() -> None:
    machine = replace(MACHINE, oom_kills=1, swapped_pages=40, cpu_seconds=1002.0)
    assert told(made(pair(machine=machine))) == [
        ("invalid", "app: 1 processes killed for want of memory"),
        ("invalid", "app: 40 pages swapped"),
    ]


def test_stolen_time() -> None:
    machine = replace(MACHINE, stolen_seconds=0.1, cpu_seconds=1002.0)
    text = "app: 5.0% of CPU time was stolen; at most 2% may be"
    assert told(made(pair(machine=machine))) == [("suspect", text)]


def test_somebody_else_at_work_on_the_app_server() -> None:
    app = pair(others=(OtherProcess(99, "backup", 12.4),))
    app["begin"] = replace(app["begin"], others=(OtherProcess(99, "backup", 12.0),))
    text = "app: 'backup' (PID 99) used 0.4 of a core beside the app; at most 0.05 may be"
    assert told(made(app)) == [("suspect", text)]


def test_somebody_who_began_in_the_window() -> None:
    app = pair(others=(OtherProcess(99, "apt", 0.7),))
    text = "app: 'apt' (PID 99) used 0.7 of a core beside the app; at most 0.05 may be"
    assert told(made(app)) == [("suspect", text)]


def test_a_full_accept_queue() -> None:
    app = pair(tcp={"ListenOverflows": 3})
    assert told(made(app)) == [("suspect", "app: 3 connections met a full accept queue")]


def test_load_generator_and_app_on_the_same_cpus() -> None:
    text = "load generator and app run on the same CPUs (1) of one machine"
    assert ("suspect", text) in told(made(hosts={"loadgen": pair(LOAD)}))
    apart = told(made(hosts={"loadgen": pair(LOAD, cpu_set="0")}))
    assert text not in [reason for _, reason in apart]


def test_hosts_that_only_started_together_share_no_cpus() -> None:
    other = pair(LOAD)
    machine = replace(MACHINE, context_switches=9_000_000)
    other = {moment: replace(snapshot, machine=machine) for moment, snapshot in other.items()}
    assert not [text for _, text in told(made(hosts={"loadgen": other})) if "same CPUs" in text]


def test_an_app_kept_from_its_cpu_is_told_in_a_lab_and_suspect_elsewhere() -> None:
    ran = ThreadCounters(7, 0.3, 0.6, 0, 0)
    begun = make_process(7, 1.0, busiest_threads=(ThreadCounters(7, 0.0, 0.0, 0, 0),))
    ended = make_process(7, 1.3, busiest_threads=(ran,))
    app = pair()
    first, last = (make_snapshot(BEGIN, {APP: [process]}).units for process in (begun, ended))
    app |= {"begin": replace(app["begin"], units=first), "end": replace(app["end"], units=last)}
    text = "the app was kept from its CPU 60% of the time by others on its machine"
    assert told(made(app)) == [("suspect", text)]
    assert ("valid", text) in told(made(app, hosts={"db": pair("other.service")}))


def test_no_look_at_queues() -> None:
    text = "no look at the queues of sockets was recorded"
    assert told(made(census={})) == [("suspect", text)]


def test_a_driver_at_the_end_of_its_core() -> None:
    load = pair(LOAD, cpu_set="0")
    busy = make_snapshot(BEGIN + 1.0, {LOAD: [make_process(7, 1.96)]})
    load["end"] = replace(load["end"], units=busy.units)
    text = "a thread of the load generator used 0.96 of a core; at most 0.9 may"
    assert told(made(hosts={"loadgen": load})) == [("invalid", text)]


def test_the_fullest_thread_counts_also_where_another_driver_rests_less() -> None:
    """One ran all the time but for a little; the other hardly ran, and never slept."""
    starved = ThreadCounters(8, 0.3, 0.7, 0, 0)
    pushed = ThreadCounters(7, 0.95, 0.0, 0, 0)
    began = [make_process(pid, 1.0, busiest_threads=()) for pid in (7, 8)]
    ended = [make_process(7, 1.95, busiest_threads=(pushed,))]
    ended += [make_process(8, 1.3, busiest_threads=(starved,))]
    load = pair(LOAD, cpu_set="0")
    first, last = (make_snapshot(BEGIN, {LOAD: each}).units for each in (began, ended))
    load |= {"begin": replace(load["begin"], units=first), "end": replace(load["end"], units=last)}
    text = "a thread of the load generator used 0.95 of a core; at most 0.9 may"
    assert ("invalid", text) in told(made(hosts={"loadgen": load}))


def test_more_requests_than_came_in_on_the_wire() -> None:
    link = replace(LINK, rx_bytes=1_000_000, rx_packets=5_000)
    [(grade, text)] = told(made(pair(links={"eth0": link})))
    assert grade == "invalid"
    assert text.endswith("the app servers received 730,000: not all reached them")


def test_an_old_snapshot_that_came_late_accuses_nobody() -> None:
    link = replace(LINK, rx_bytes=1_000_000, rx_packets=5_000)
    app = pair(links={"eth0": link})
    app["begin"] = replace(app["begin"], took_seconds=1.9)
    assert told(made(app)) == []


def test_some_of_several_app_servers_have_not_received_all() -> None:
    link = replace(LINK, rx_bytes=1_000_000, rx_packets=5_000)
    late = pair()
    late["begin"] = replace(late["begin"], took_seconds=1.9)
    assert told(made(pair(links={"eth0": link}), hosts={"app-2": late})) == []
    units = {name: {"begin": "abc", "end": "abc"} for name in ("app", "app-2")}
    assert told(made(pair(links={"eth0": link}), app_units=units)) == []


def test_nginx_counted_other_than_the_clients() -> None:
    client = figures(made()).client
    assert client is not None
    plan = replace(make_plan(), via="nginx")
    ours = Sampled(500, 0, 0, "")  # which nginx counts too
    for off, grades in ((500, []), (2 * client.requests, ["invalid"])):
        proxy = pair(NGINX, nginx=NginxTotals(1, 1, 1, client.requests + off, 0, 1, 0))
        proxy["begin"] = replace(proxy["begin"], nginx=NginxTotals(1, 1, 1, 0, 0, 1, 0))
        raw = made(plan=plan, hosts={"proxy": proxy}, sampled=ours)
        assert [grade for grade, _ in told(raw)] == grades


def test_what_a_host_sends_to_itself_passes_no_link() -> None:
    app = pair()
    app["end"] = replace(app["end"], links={"eth0": LINK})
    assert [text for _, text in told(made(app)) if "not all reached them" in text]
    one_host = {
        moment: replace(each, units=each.units | pair(LOAD)["begin"].units)
        for moment, each in app.items()
    }
    assert not [text for _, text in told(made(one_host)) if "not all reached them" in text]


def test_answers_without_statements() -> None:
    looks = [
        Activity(BEGIN, 32, 0, 0, 0, 0, 100, 0.0),
        Activity(BEGIN + 1, 32, 0, 0, 0, 0, 105, 0.0),
    ]
    raw = made(plan=make_plan(workload="db"), activity=looks)
    [(grade, text)] = told(raw)
    assert grade == "invalid"
    assert "answers took 5 statements in PostgreSQL:" in text


def test_answers_of_twenty_rows_with_a_statement_each() -> None:
    client = figures(made()).client
    assert client is not None
    plan = make_plan(workload="queries")
    for statements, grades in ((20 * client.requests, []), (2 * client.requests, ["invalid"])):
        looks = [Activity(BEGIN + s, 32, 0, 0, 0, 0, s * statements, 0.0) for s in (0, 1)]
        found = told(made(plan=plan, activity=looks))
        assert [grade for grade, _ in found] == grades
        assert all("at least 20 each are wanted" in text for _, text in found)


@pytest.mark.parametrize(
    ("late", "grades"),
    [
        pytest.param(0.0, ["invalid"], id="the first look came with the first request"),
        pytest.param(0.5, [], id="half the statements were before the first look"),
    ],
)
@pytest.mark.parametrize("ahead", [-3.0, 0.0, 3.0])
def test_a_late_first_look_is_told_from_a_clock_that_is_off(
    ahead: float, late: float, grades: list[str]
) -> None:
    """PostgreSQL's host's clock is ``ahead`` of the load generator's, by seconds."""
    client = figures(made()).client
    assert client is not None
    looks = [
        Activity(BEGIN + ahead + late, 32, 0, 0, 0, 0, 0, 0.0),
        Activity(BEGIN + ahead + 1, 32, 0, 0, 0, 0, round(0.55 * client.requests), 0.0),
    ]
    raw = made(
        plan=make_plan(workload="db"),
        activity=looks,
        clock_offsets={"app": 7.0, "loadgen": 7.0, "db": 7.0 + ahead},
        hosts={"db": pair(POSTGRESQL.unit)},
        driver_runs=[make_driver_run(begin_unix=BEGIN)],
    )
    assert [grade for grade, text in told(raw) if "statements in PostgreSQL" in text] == grades
