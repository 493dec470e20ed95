"""`fab live`, `fab watch`, `fab replay`: what they say, without a host."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchrig.commands import context, live, replay
from benchrig.inventory import Host, Inventory
from benchrig.store.replay import Replayed
from benchrig.store.run import SCHEMA, RunSpec, StoredRun

MONITOR = Host("monitor", "192.0.2.15", "mon.example", ("monitoring",), user="rig")
Said = Callable[[], str]


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Said:
    """Runs `fab live` of an inventory of one host, and tells what it printed."""
    rig = Inventory("inventory/x", {"monitor": MONITOR}, "")
    monkeypatch.setattr(context, "inventory", lambda: rig)
    monkeypatch.setattr(context, "inventory_folder", lambda: tmp_path)

    def run() -> str:
        live.live()
        return capsys.readouterr().out

    return run


def with_grafana(folder: Path) -> Path:
    """An inventory for which Grafana was set up; the file with its password."""
    path = folder / ".secrets/grafana"
    path.parent.mkdir()
    path.write_text("secret\n")
    return path


def test_the_live_page_and_the_way_to_it_are_told(said: Said) -> None:
    assert said().splitlines() == [
        "http://192.0.2.15:9090/user/",
        "from elsewhere: ssh -L 9090:192.0.2.15:9090 rig@mon.example, then "
        "http://localhost:9090/user/",
    ]


def test_another_port_of_ssh_is_told(
    said: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rig = Inventory(str(tmp_path), {"monitor": replace(MONITOR, port=2222)}, "")
    monkeypatch.setattr(context, "inventory", lambda: rig)
    assert "ssh -p 2222 -L 9090:" in said()


def test_grafana_is_told_where_it_was_set_up_and_its_password_only_by_its_place(
    said: Said, tmp_path: Path
) -> None:
    path = with_grafana(tmp_path)
    told = said()
    assert f"Grafana: http://192.0.2.15:3000/d/benchrig-live (admin, password in {path})" in told
    assert "-L 9090:192.0.2.15:9090 -L 3000:192.0.2.15:3000" in told
    assert "secret" not in told.replace(".secrets", "")


def test_of_two_app_servers_watch_shows_the_sum_of_cores_and_the_busier_one() -> None:
    def of_both(*values: float) -> list[tuple[dict[str, str], float]]:
        return [({"tier": "app", "host": f"app{n}"}, value) for n, value in enumerate(values)]

    values = {"tier_cpu_cores": of_both(0.5, 0.9), "tier_cpu_share": of_both(0.25, 0.45)}
    app = {"tier": "app"}
    assert live._shown("tier_cpu_cores", values, app) == "1.40"
    assert live._shown("tier_cpu_share", values, app) == "45.0%"
    assert live._shown("tier_memory_bytes", values, app) == "unknown"


def stored(name: str) -> StoredRun:
    """A run of which nothing but the name matters."""
    spec = RunSpec(SCHEMA, name, 0.0, "fab bench", "inventory/x", "benchrig")
    return StoredRun(spec, {}, "complete", Path(name))


@pytest.mark.usefixtures("said")
def test_replayed_runs_are_found_on_the_live_page_and_in_grafana(tmp_path: Path) -> None:
    planned = [Replayed(stored(name), 0.0, 1000.5, 1100.5) for name in ("one", "two")]
    page = "http://192.0.2.15:9090/user/"
    assert replay._addresses(MONITOR, planned) == [
        f"one: {page}?replay=one&begin=995&end=1105",
        f"two: {page}?replay=two&begin=995&end=1105",
        f"side by side: {page}?begin=995&end=1105&replay=one%7Ctwo#benchrig-comparison",
    ]
    with_grafana(tmp_path)
    assert replay._addresses(MONITOR, planned)[-1] == (
        "in Grafana: http://192.0.2.15:3000/d/benchrig-comparison"
        "?from=995000&to=1105000&var-runs=one&var-runs=two"
    )
