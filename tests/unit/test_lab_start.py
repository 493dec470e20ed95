"""Starting a lab's machines, waiting for them, and telling which one failed and why."""

from pathlib import Path

import pytest

from benchrig.errors import BenchrigError
from benchrig.lab import definition, manager, systemd
from benchrig.lab.definition import Lab, Machine, build_lab

MACHINES = [Machine("app", "198.18.1.12"), Machine("db", "198.18.1.13")]
# What the real ones do, as far as a lab asks them; a unit's state is a file of its name.
COMMANDS = {
    "nsenter": 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    "systemctl": """cd "$UNITS"; action=$1; shift
for unit; do
  case $action in
    is-active) cat "$unit" ;;
    start) echo "$unit" >> started; [ -e "$unit.broken" ] || echo active > "$unit" ;;
  esac
done""",
    "journalctl": 'echo "console of ${1#--unit=}"; echo "Failed to add interface to bridge br0"',
}


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with the state of each unit of a lab's outer machine, all of them running."""
    folder = tmp_path / "units"
    folder.mkdir()
    for name, text in COMMANDS.items():
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("UNITS", str(folder))
    monkeypatch.setattr(definition, "STATE_ROOT", tmp_path)
    monkeypatch.setattr(systemd, "box_has_systemd", lambda: False)
    monkeypatch.setattr(systemd, "leaders", lambda _: [7])
    monkeypatch.setattr(manager, "LOOK_SECONDS", 0.0)
    for machine in MACHINES:
        (folder / unit(machine.name)).write_text("active\n")
    return folder


def lab() -> Lab:
    """Two machines."""
    return build_lab("half", "br-half", "198.18.1.0/24", MACHINES)


def unit(machine: str) -> str:
    """A machine's unit."""
    return lab().unit(machine)


def test_a_lab_that_runs_is_left_alone(units: Path) -> None:
    assert systemd.OuterSystemd().start(lab(), Path("/image")) is False
    assert not (units / "started").exists()


def test_of_a_half_booted_lab_only_what_does_not_run_is_started(units: Path) -> None:
    (units / unit("db")).write_text("failed\n")
    assert systemd.OuterSystemd().start(lab(), Path("/image")) is True
    assert (units / "started").read_text().split() == [unit("db")]
    assert systemd.OuterSystemd().start(lab(), Path("/image")) is False


def test_on_a_box_with_systemd_the_machines_are_its_units(
    units: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(systemd.BoxSystemd, "directory", tmp_path / "system")
    assert systemd.BoxSystemd().start(lab(), Path("/image")) is False
    (units / unit("db")).write_text("inactive\n")
    assert systemd.BoxSystemd().start(lab(), Path("/image")) is True
    assert (units / "started").read_text().split() == [unit("db")]
    (template,) = (tmp_path / "system").iterdir()
    assert "--network-bridge=br-half" in template.read_text()
    assert "until test -e /sys/class/net/br-half;" in template.read_text()


def test_a_machine_that_can_not_start_is_no_error_before_somebody_waits(units: Path) -> None:
    (units / unit("db")).write_text("failed\n")
    (units / f"{unit('db')}.broken").touch()
    assert systemd.OuterSystemd().start(lab(), Path("/image")) is True
    assert systemd.failed_machines(lab()) == ["db"]


def test_a_machine_that_failed_is_told_at_once_with_its_last_lines(
    units: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (units / unit("app")).write_text("activating\n")
    (units / unit("db")).write_text("failed\n")
    monkeypatch.setattr(manager, "_answers", lambda _: False)
    with pytest.raises(BenchrigError) as caught:
        manager._wait_ready(lab())
    assert str(caught.value) == (
        "lab half: no SSH from db (198.18.1.13)\n"
        "benchrig-lab-half@db.service is failed, its last lines:\n"
        "console of benchrig-lab-half@db.service\n"
        "Failed to add interface to bridge br0; `fab lab.up` starts what does not run; where "
        "that does not help, `fab lab.down` before it"
    )


@pytest.mark.usefixtures("units")
def test_machines_that_run_and_stay_silent_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "_answers", lambda _: False)
    monkeypatch.setattr(manager, "READY_SECONDS", 0.05)
    with pytest.raises(BenchrigError) as caught:
        manager._wait_ready(lab())
    told = str(caught.value)
    assert "no SSH from app (198.18.1.12), db (198.18.1.13)\n" in told
    assert told.count("is active, its last lines:") == len(MACHINES)


@pytest.mark.usefixtures("units")
def test_an_outer_machine_that_died_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "_answers", lambda _: False)
    monkeypatch.setattr(systemd, "leaders", lambda _: [])
    lab().root.mkdir(parents=True)
    (lab().root / "outer.log").write_text("Failed to create cgroup\n")
    with pytest.raises(BenchrigError) as caught:
        manager._wait_ready(lab())
    told = str(caught.value)
    assert told.count("the outer machine is gone") == 1
    assert "its last lines:\nFailed to create cgroup; `fab lab.up` starts" in told


def test_machines_that_take_their_time_are_waited_for(
    units: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (units / unit("app")).write_text("activating\n")
    asked: list[str] = []

    def later(address: str) -> bool:
        asked.append(address)
        return len(asked) > 2 * len(MACHINES)

    monkeypatch.setattr(manager, "_answers", later)
    manager._wait_ready(lab())
    assert len(asked) == 3 * len(MACHINES)
