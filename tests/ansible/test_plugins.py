"""The project's own modules and lookups, called as Ansible calls them."""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"
ENVIRONMENTS = {"app": "flask==1 --hash=sha256:00\n", "other": "quart==1 --hash=sha256:00\n"}


def plugin(name: str) -> ModuleType:
    """A plugin's Python module."""
    spec = importlib.util.spec_from_file_location(Path(name).stem, PLUGINS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def mode(path: Path) -> int:
    """Who may read, write and enter it."""
    return path.stat().st_mode & 0o777


class Finished(Exception):
    """What a module tells Ansible at its end."""

    def __init__(self, **told: Any) -> None:
        super().__init__(told)
        self.told = told


@pytest.fixture(autouse=True)
def strict_umask() -> Iterator[None]:
    """Root's, on a host where nobody else is to read what root writes."""
    before = os.umask(0o077)
    yield
    os.umask(before)


class FakeModule:
    """Ansible's side of a module: notes the commands, and lets venv make the directory."""

    def __init__(self, folder: Path, uv_lock: str) -> None:
        environments = {str(folder / name): lock for name, lock in ENVIRONMENTS.items()}
        self.params: dict[str, Any] = {"uv": str(folder / "uv"), "uv_lock": uv_lock}
        self.params |= {"environments": environments, "python": sys.executable}
        self.check_mode = False
        self.tmpdir = str(folder)
        self.commands: list[str] = []

    def run_command(self, argv: list[str], **_: Any) -> tuple[int, str, str]:
        """Note program, action and what is made or filled."""
        if "venv" in argv:
            Path(argv[-1]).mkdir()
        words = [Path(argv[0]).name, *(w for w in argv if w in {"venv", "install", "sync"})]
        self.commands.append(" ".join(words))
        return 0, "", ""

    def atomic_move(self, source: str, target: str) -> None:
        """Move a file."""
        Path(source).rename(target)

    def exit_json(self, **told: Any) -> None:
        """End the module."""
        raise Finished(**told)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the module with a lock of uv: the names it made anew, and its commands."""
    module = plugin("modules/locked_venv")

    def run(uv_lock: str) -> tuple[list[str], list[str]]:
        fake = FakeModule(tmp_path, uv_lock)
        monkeypatch.setattr(module, "AnsibleModule", lambda **_: fake)
        with pytest.raises(Finished) as end:
            module.main()
        assert end.value.told["changed"] is bool(fake.commands)
        return [Path(name).name for name in end.value.told["installed"]], fake.commands

    return run


def test_uv_is_installed_by_pip_and_the_rest_by_uv(installed: Any) -> None:
    python = Path(sys.executable).name
    names, commands = installed("uv==1")
    assert names == ["uv", "app", "other"]
    assert commands == [f"{python} venv", "pip install", *(["uv venv", "uv sync"] * 2)]


def test_what_is_as_its_lock_says_is_left_alone(installed: Any) -> None:
    installed("uv==1")
    assert installed("uv==1") == ([], [])
    assert installed("uv==2")[0] == ["uv"]


def test_the_apps_user_may_enter_what_root_installs(installed: Any, tmp_path: Path) -> None:
    installed("uv==1")
    assert mode(tmp_path / "app") == 0o755


def test_folders_and_files_are_open_to_services_of_other_users(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = plugin("modules/text_files")
    fake = FakeModule(tmp_path, "")
    closed, file = tmp_path / "closed", tmp_path / "deep/est/unit.conf"
    closed.mkdir()
    folders = [str(closed), str(tmp_path / "new")]
    fake.params = {"files": {str(file): "text\n"}, "folders": folders, "mode": "0644"}
    monkeypatch.setattr(module, "AnsibleModule", lambda **_: fake)
    for written in ([*folders, str(file)], []):
        with pytest.raises(Finished) as end:
            module.main()
        assert end.value.told["written"] == written
    made = (closed, tmp_path / "new", tmp_path / "deep", file.parent)
    assert {mode(folder) for folder in made} == {0o755}
    assert mode(file) == 0o644


def test_another_program_has_another_hash(tmp_path: Path) -> None:
    lookup = plugin("lookup/source_hash").LookupModule()
    (tmp_path / "host").mkdir()
    source = tmp_path / "host" / "one.py"
    source.write_text("one = 1\n")
    before = lookup.run([str(tmp_path)])
    (tmp_path / "host" / "notes.txt").write_text("not a program")
    assert lookup.run([str(tmp_path)]) == before
    source.write_text("one = 2\n")
    assert lookup.run([str(tmp_path)]) != before
