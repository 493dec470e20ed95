"""Load generators: what they can carry, their ceilings, and trials near them."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.drivers.base import LoadRequest, Tool
from benchrig.drivers.ceiling import Ceiling, nearest
from benchrig.errors import BenchrigError
from benchrig.figures import figures
from benchrig.inventory import Host, Inventory
from benchrig.store.ceilings import add_ceilings, ceiling_of, read_ceilings, rig_hosts
from benchrig.trial.generators import Generator, default_threads, refuse_what_the_hosts_can_not
from benchrig.trial.load import refuse_what_the_driver_can_not, split
from benchrig.verdict.validity import Reason, Validity, judge
from tests.factories import make_driver_run, make_plan, make_raw

TOOLS = {"wrk": Tool("4.1.0", live=True, build="abc"), "ab": Tool("2.3", live=False)}
HOST = Generator("A CPU", cpus=4, ports=1000, open_files=20_000, tools=TOOLS)
CEILING = Ceiling("wrk", "4.1.0 abc", "direct", 64, 50_000.0, 1e-5, 1_700_000_000.0)


def make_inventory(*loads: str) -> Inventory:
    """These load generators and a proxy."""
    hosts = {name: Host(name, "192.0.2.1", "192.0.2.1", ("load_generators",)) for name in loads}
    return Inventory("test", hosts | {"p": Host("p", "192.0.2.4", "192.0.2.4", ("nginx",))})


def request(connections: int, threads: int = 1) -> LoadRequest:
    """Ten seconds of so many connections."""
    return LoadRequest("http://192.0.2.12:8000/json", connections, threads, 10.0)


def test_threads_share_every_hosts_connections_evenly() -> None:
    one, two = {"a": HOST}, {"a": HOST, "b": HOST}
    assert default_threads("wrk", 64, one) == 4
    assert default_threads("wrk", 63, one) == 3
    assert default_threads("wrk", 12, two) == 3
    assert default_threads("wrk", 65, two) == 1
    assert default_threads("wrk", 64, {"a": HOST, "b": replace(HOST, cpus=2)}) == 2


def test_a_driver_of_one_thread_gets_one() -> None:
    assert default_threads("ab", 64, {"a": HOST}) == 1


def test_what_the_hosts_can_not_carry_is_told_with_the_number() -> None:
    generators = {"a": replace(HOST, open_files=500), "b": HOST}
    shares = split(request(2401, threads=2000), list(generators))
    with pytest.raises(BenchrigError) as told:
        refuse_what_the_hosts_can_not(generators, shares)
    assert str(told.value) == (
        "--connections: a: 2000 threads for 1201 connections; "
        "a: 1201 connections to one address, but 1000 local ports (net.ipv4.ip_local_port_range); "
        "a: 1201 connections, but a driver may have 500 files open; "
        "b: 2000 threads for 1200 connections; "
        "b: 1200 connections to one address, but 1000 local ports (net.ipv4.ip_local_port_range); "
        "ask for fewer, or put more hosts into the group 'load_generators'"
    )


def test_a_load_that_fits_is_not_refused() -> None:
    refuse_what_the_hosts_can_not({"a": HOST}, {"a": request(1000, threads=4)})


def test_fewer_connections_than_hosts_are_refused() -> None:
    with pytest.raises(BenchrigError, match="1 connections are too few for 2 hosts"):
        refuse_what_the_driver_can_not(make_inventory("a", "b"), "wrk", request(1))


def test_a_primer_of_eight_connections_leaves_out_the_ninth_host() -> None:
    shares = split(request(8), [f"host-{n}" for n in range(9)])
    assert [share.connections for share in shares.values()] == [1] * 8
    both = split(replace(request(5), rate_per_second=10.0), ["a", "b"])
    assert [(s.connections, s.rate_per_second) for s in both.values()] == [(3, 5.0), (2, 5.0)]


def test_fewer_requests_than_hosts_are_refused_as_one_would_never_stop() -> None:
    with pytest.raises(BenchrigError, match="1 requests are too few for 2 hosts"):
        refuse_what_the_driver_can_not(
            make_inventory("a", "b"), "hey", replace(request(2), requests=1)
        )


def test_a_driver_for_one_host_is_refused_on_two() -> None:
    sockets = replace(request(10), websocket=True)
    refuse_what_the_driver_can_not(make_inventory("a"), "websocket", sockets)
    with pytest.raises(BenchrigError, match="it measures from one load generator, and there are 2"):
        refuse_what_the_driver_can_not(make_inventory("a", "b"), "websocket", sockets)


def test_the_nearest_ceiling_is_nearest_by_ratio() -> None:
    ceilings = [replace(CEILING, connections=n) for n in (256, 16, 64)]
    found = {n: c.connections for n in (1, 30, 33, 100, 9999) if (c := nearest(ceilings, n))}
    assert found == {1: 16, 30: 16, 33: 64, 100: 64, 9999: 256}
    assert nearest([], 64) is None


def test_ceilings_are_kept_by_host_driver_build_and_route(tmp_path: Path) -> None:
    inventory, generators = make_inventory("a"), {"a": HOST}
    hosts = rig_hosts(inventory, generators)
    add_ceilings(tmp_path, hosts, [CEILING, replace(CEILING, connections=256)])
    newer = replace(CEILING, requests_per_second=60_000.0)
    add_ceilings(tmp_path, hosts, [newer])
    assert read_ceilings(tmp_path, hosts) == (newer, replace(CEILING, connections=256))
    plan = make_plan(connections=64)
    assert ceiling_of(tmp_path, inventory, generators, plan) == newer
    assert ceiling_of(tmp_path, inventory, generators, replace(plan, via="nginx")) is None
    other_build = replace(HOST, tools={"wrk": replace(TOOLS["wrk"], build="def")})
    assert ceiling_of(tmp_path, inventory, {"a": other_build}, plan) is None
    assert ceiling_of(tmp_path, inventory, {"a": replace(HOST, cpus=8)}, plan) is None
    pipelined = make_plan(workload="plaintext-pipelined")
    assert ceiling_of(tmp_path, inventory, generators, pipelined) is None


def test_a_damaged_calibration_names_its_file(tmp_path: Path) -> None:
    hosts = rig_hosts(make_inventory("a"), {"a": HOST})
    path = add_ceilings(tmp_path, hosts, [CEILING])
    path.write_text(path.read_text()[:-9])
    with pytest.raises(BenchrigError, match="can not be read; remove it and calibrate again"):
        read_ceilings(tmp_path, hosts)


def verdict_at(share: float) -> Validity:
    """The verdict on the recorded trial, were the ceiling so that its rate is this share of it."""
    raw = make_raw(driver_runs=[make_driver_run()])
    client = figures(raw).client
    assert client
    ceiling = replace(CEILING, requests_per_second=client.requests_per_second / share)
    judged = make_raw(driver_runs=[make_driver_run()], ceiling=ceiling)
    return judge(judged, figures(judged))


def test_a_trial_near_the_generators_ceiling_is_invalid_with_the_figure() -> None:
    judged = verdict_at(0.93)
    assert judged.grade == "invalid"
    assert judged.reasons[0].text.startswith("the load generator was at 93% of its ceiling: ")
    assert "(wrk, 64 connections, direct, measured 2023-11-14)" in judged.reasons[0].text


def test_a_trial_below_it_is_valid() -> None:
    assert verdict_at(0.89) == Validity("valid", ())


def test_without_a_calibration_the_number_stands_with_a_note() -> None:
    raw = make_raw(ceiling=None)
    note = "the load generator's ceiling is not known: `fab calibrate.driver`"
    assert judge(raw, figures(raw)) == Validity("valid", (Reason("valid", note),))
