"""What a lab changes on the box, and what of it goes again with the lab."""

import json
from pathlib import Path

import pytest

from benchrig.lab import definition, kernel, manager, systemd
from benchrig.lab.definition import Lab, build_lab

FORWARD = "net/ipv4/ip_forward"
INSTANCES = "fs/inotify/max_user_instances"


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A box's settings that are too low for a lab, as files."""
    state = tmp_path / "state"
    state.mkdir()
    monkeypatch.setattr(definition, "STATE_ROOT", state)
    monkeypatch.setattr(kernel, "BEFORE", state / "sysctl.noted.json")
    monkeypatch.setattr(kernel, "SYSCTL", tmp_path)
    for name, value in {FORWARD: "0", INSTANCES: "128", kernel.BOOT_ID: "first"}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(f"{value}\n")
    return tmp_path


def lab(name: str = "one", bridge: str = "br-one") -> Lab:
    """A lab without machines."""
    return build_lab(name, bridge, "198.18.1.0/24", [])


def settings(box: Path) -> list[int]:
    """The box's forwarding and its inotify instances."""
    return [int((box / name).read_text()) for name in (FORWARD, INSTANCES)]


def test_the_last_lab_to_go_puts_the_settings_back(box: Path) -> None:
    kernel.raise_settings(lab())
    kernel.raise_settings(lab("two"))
    assert settings(box) == [1, 4096]
    kernel.restore_settings(lab())
    assert settings(box) == [1, 4096], "the other lab needs them, though it has no machine yet"
    (lab().root / "hosts").rmdir()
    kernel.restore_settings(lab("two"))
    assert settings(box) == [0, 128]


def test_a_kernel_that_can_not_give_machines_tables_of_their_own_is_no_hindrance(box: Path) -> None:
    (name,) = kernel.OF_CHILDREN
    kernel.raise_settings(lab())
    assert not (box / name).exists()
    (box / name).write_text("0\n")
    kernel.raise_settings(lab())
    assert int((box / name).read_text()) == kernel.OF_CHILDREN[name]
    (lab().root / "hosts").rmdir()
    kernel.restore_settings(lab())
    assert int((box / name).read_text()) == 0


def test_what_was_noted_before_a_reboot_is_not_written_back(box: Path) -> None:
    kernel.raise_settings(lab())
    (box / kernel.BOOT_ID).write_text("second\n")
    kernel.restore_settings(lab())
    assert settings(box) == [1, 4096]
    assert not kernel.BEFORE.exists()


def test_a_lab_after_a_reboot_notes_what_the_box_then_has(box: Path) -> None:
    kernel.raise_settings(lab())
    (box / kernel.BOOT_ID).write_text("second\n")
    (box / INSTANCES).write_text("1024\n")
    kernel.raise_settings(lab())
    kernel.restore_settings(lab())
    assert settings(box) == [1, 1024]


def test_a_lab_whose_bridge_was_renamed_takes_the_booted_one_down(
    box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[str] = []
    monkeypatch.setattr(manager, "require_box_that_can", lambda: None)
    monkeypatch.setattr(manager, "_stop", lambda _: None)
    monkeypatch.setattr(manager, "remove_network", lambda lab: removed.append(lab.bridge))
    monkeypatch.setattr(manager, "STATE_ROOT", box)
    booted = lab(bridge="br-old")
    (booted.root / "hosts/app").mkdir(parents=True)
    (booted.root / "lab.json").write_text(json.dumps({"bridge": "br-old"}))
    assert manager.down(lab(bridge="br-new"))
    assert removed == ["br-old"]
    assert not booted.root.exists()


def test_stopping_on_a_box_with_systemd_is_no_matter_of_the_inventory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(systemd, "run", lambda argv, **_: asked.append(argv))
    monkeypatch.setattr(systemd.BoxSystemd, "directory", tmp_path)
    systemd.BoxSystemd().stop(lab())
    assert asked[0] == ["systemctl", "stop", "benchrig-lab-one@*.service"]


def test_the_lab_s_files_are_for_root_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "benchrig"
    root.mkdir(mode=0o755)
    monkeypatch.setattr(manager, "STATE_ROOT", root)
    monkeypatch.setattr(manager, "_filesystem", lambda _: "ext4")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    manager.require_box_that_can()
    assert root.stat().st_mode & 0o777 == 0o700
