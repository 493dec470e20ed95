"""Images: built once, kept while a lab needs them; and what makes machines be made anew."""

import json
import os
from pathlib import Path

import pytest

from benchrig.lab import definition, image, manager
from benchrig.lab.definition import Lab, Machine, box_cpus, build_lab


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where images are; one of a suite is a folder of its name, built at once."""
    folder = tmp_path / "images"
    monkeypatch.setattr(definition, "STATE_ROOT", tmp_path)
    monkeypatch.setattr(image, "STATE_ROOT", tmp_path)
    monkeypatch.setattr(image, "IMAGES", folder)
    monkeypatch.setattr(image, "image_path", lambda suite: folder / suite)
    monkeypatch.setattr(image, "_bootstrap", lambda *_: None)
    monkeypatch.setattr(image, "_customise", lambda _: None)
    return folder


def lab(name: str = "one") -> Lab:
    """A lab of one machine."""
    return build_lab(name, "br-one", "198.18.1.0/24", [Machine("app", "198.18.1.12", (1,))])


def names(folder: Path) -> list[str]:
    """What is in the folder of the images."""
    return sorted(path.name for path in folder.iterdir())


def made_with(path: Path, name: str = "one") -> None:
    """Leave what a lab notes whose machines are made."""
    marker = manager._marker(lab(name))
    marker.parent.mkdir(parents=True)
    marker.write_text(manager._definition(lab(name), path))


def test_an_image_is_built_once(images: Path) -> None:
    for built in (True, False):
        with image.held_image("new") as held:
            assert held == (images / "new", built)
    assert names(images) == ["new"]


def test_of_the_images_those_are_kept_that_a_lab_has_or_is_about_to_have(images: Path) -> None:
    for suite in ("old", "theirs", "theirs-too", "new"):
        with image.held_image(suite):
            pass
    (images / ".building-killed").mkdir()
    made_with(images / "theirs-too", "two")
    with image.held_image("theirs"), image.held_image("new"):
        image.remove_unused()
    assert names(images) == ["new", "theirs", "theirs-too"]
    image.remove_unused()
    assert names(images) == ["theirs-too"]


def test_a_check_tells_what_is_made_anew(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(manager, "require_root", lambda: None)
    monkeypatch.setattr(manager, "refresh", lambda *_, **__: [])
    assert manager.would_change(lab(), "new", told.append) is True
    assert told == [], "nothing was there"
    made_with(images / "new")
    assert manager.would_change(lab(), "new", told.append) is False
    assert manager.would_change(lab(), "newer", told.append) is True
    assert "not what they were made with: image (the image goes by" in told[0]
    stored = manager._marker(lab())
    stored.write_text(json.dumps(json.loads(stored.read_text()) | {"bridge": "br-old"}, indent=1))
    assert manager.would_change(lab(), "new", told.append) is True
    assert "not what they were made with: bridge (the" in told[1]
    assert not images.exists(), "a check builds nothing"


def test_a_pinned_shell_makes_no_other_machines() -> None:
    before, own = box_cpus(), os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(own)})
    try:
        assert box_cpus() == before
    finally:
        os.sched_setaffinity(0, own)
