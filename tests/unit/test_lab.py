"""The lab's pure parts: values, CPU shares, what is inherited, network rules."""

import ipaddress
from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.lab import definition, manager, network
from benchrig.lab.definition import Machine, build_lab, share_cpus

MACHINES = ["app", "db", "loadgen"]


def test_lab_tells_all_its_mistakes_at_once() -> None:
    machines = [
        Machine("app", "198.18.77.1"),
        Machine("db", "198.18.77.12"),
        Machine("loadgen", "198.18.77.12"),
        Machine("proxy", "10.0.0.1"),
        Machine("load_gen", "nowhere"),
    ]
    with pytest.raises(BenchrigError) as caught:
        build_lab("my lab", "a-bridge-name-too-long", "198.18.77.0/24", machines)
    text = str(caught.value)
    assert "lab_name 'my lab'" in text
    assert "a-bridge-name-too-long" in text
    assert "app: address 198.18.77.1 is kept for the lab's own bridge" in text
    assert "proxy: address 10.0.0.1 is not in lab_network 198.18.77.0/24" in text
    assert "address 198.18.77.12 is given to two machines" in text
    assert "load_gen: not a host name of letters, digits and -" in text
    assert "load_gen: ansible_host is 'nowhere', not an IPv4 address" in text


def test_load_generator_and_app_never_share_a_cpu_when_there_are_two() -> None:
    for count in range(2, 17):
        shares = share_cpus(list(range(count)), MACHINES, ["app"], ["loadgen"])
        assert shares["app"]
        assert shares["loadgen"]
        assert not set(shares["app"]) & set(shares["loadgen"])
        assert not set(shares["app"]) & set(shares["db"])


def test_database_and_load_generator_are_apart_when_there_are_four_cpus() -> None:
    shares = share_cpus([0, 1, 2, 3], MACHINES, ["app"], ["loadgen"])
    assert shares == {"app": (2, 3), "loadgen": (0,), "db": (1,)}


def test_one_cpu_is_shared_by_all_and_pinned_by_none() -> None:
    assert share_cpus([0], MACHINES, ["app"], ["loadgen"]) == dict.fromkeys(MACHINES, ())


def test_nat_leaves_traffic_inside_the_lab_alone() -> None:
    lab = build_lab("one", "br-one", "198.18.77.0/24", [])
    rules = network.nat_rules(lab)
    assert "table ip benchrig_one" in rules
    assert "ip saddr 198.18.77.0/24 ip daddr != 198.18.77.0/24 masquerade" in rules


def test_what_leaves_the_lab_asks_for_packets_that_fit_the_way_out() -> None:
    rules = network.nat_rules(build_lab("one", "br-one", "198.18.77.0/24", []))
    assert "ip saddr 198.18.77.0/24 tcp flags syn tcp option maxseg size set rt mtu" in rules


def test_gateway_and_outer_machine_have_the_first_addresses() -> None:
    lab = build_lab("one", "br-one", "198.18.77.0/24", [])
    assert lab.network == ipaddress.IPv4Network("198.18.77.0/24")
    assert (lab.gateway, lab.outer_address) == ("198.18.77.1", "198.18.77.2")


def test_a_lab_that_gets_another_bridge_leaves_none_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definition, "STATE_ROOT", tmp_path)
    removed: list[str] = []
    monkeypatch.setattr(manager, "_stop", lambda _: None)
    monkeypatch.setattr(manager, "remove_network", lambda lab: removed.append(lab.bridge))
    lab = build_lab("one", "br-new", "198.18.1.0/24", [])
    (lab.root / "hosts/app").mkdir(parents=True)
    (lab.root / "lab.json").write_text('{"bridge": "br-old"}')
    manager._discard(lab)
    assert removed == ["br-old"]
    assert list(lab.root.iterdir()) == []


def test_what_makes_machines_be_made_anew_is_told() -> None:
    before = build_lab("one", "br-one", "198.18.1.0/24", [Machine("app", "198.18.1.11")])
    now = build_lab("one", "br-one", "198.18.1.0/24", [Machine("app", "198.18.1.12")])
    made = (
        manager._definition(before, Path("/images/a")),
        manager._definition(now, Path("/images/b")),
    )
    told = manager._made_anew(*made)
    assert "not what they were made with: image, machines (the image goes by" in told


def test_a_deletion_cut_short_leaves_nothing_that_passes_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definition, "STATE_ROOT", tmp_path)
    lab = build_lab("half", "br-half", "198.18.1.0/24", [])
    (lab.root / "hosts/app").mkdir(parents=True)
    (lab.root / "lab.json").write_text("{}")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("benchrig.lab.manager.shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        manager._delete_machines(lab)
    assert [path.name for path in lab.root.iterdir()] == ["hosts"]
