"""What the machines take over from the box: once in the image, or anew at each `up`."""

from pathlib import Path

import pytest

from benchrig.lab import inherit, refresh
from benchrig.lab.definition import Machine, build_lab
from benchrig.lab.overlay import overlay_dir
from benchrig.lab.sources import apt_sources

DEBIAN_KEY = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEBIAN = f"""Types: deb
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: {DEBIAN_KEY}"""
FOREIGN = """Types: deb
URIs: https://packages.example/linux/debian
Suites: bookworm
Components: main
Signed-By: /etc/apt/keyrings/packages.asc"""
LINE = "deb http://mirror.example/debian bookworm main contrib"


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """Folder of a box's sources."""
    folder = tmp_path / "etc/apt/sources.list.d"
    folder.mkdir(parents=True)
    return folder


def test_sources_of_the_release_are_kept_and_others_are_not(parts: Path, tmp_path: Path) -> None:
    other = "Types: deb\nURIs: http://other.example\nSuites: bookworm-pgdg\nComponents: main"
    disabled = DEBIAN.replace("Types", "Enabled: no\nTypes")
    (parts / "a.sources").write_text(f"{DEBIAN}\n\n{disabled}\n")
    (parts / "b.sources").write_text(other)
    assert apt_sources("bookworm", tmp_path) == {"sources": DEBIAN + "\n"}


def test_a_stanza_that_names_backports_too_gives_the_release(parts: Path, tmp_path: Path) -> None:
    cloud = "Types: deb deb-src\nURIs: mirror+file:///etc/apt/mirrors/debian.list\n"
    cloud += "Suites: bookworm bookworm-updates bookworm-backports\nComponents: main\n"
    (parts / "debian.sources").write_text(cloud)
    kept = cloud.replace(" bookworm-backports", "")
    assert apt_sources("bookworm", tmp_path) == {"sources": kept}


def test_values_on_lines_of_their_own_are_read(parts: Path, tmp_path: Path) -> None:
    spread = DEBIAN.replace("Suites: bookworm", "Suites:\n bookworm\n bookworm-backports\n")
    (parts / "debian.sources").write_text(spread)
    assert apt_sources("bookworm", tmp_path) == {"sources": DEBIAN + "\n"}


@pytest.mark.usefixtures("parts")
def test_one_line_sources_are_read_as_well(tmp_path: Path) -> None:
    line = f"deb [arch=amd64 signed-by={DEBIAN_KEY}] http://mirror.example/debian bookworm main"
    (tmp_path / "etc/apt/sources.list").write_text(f"# deb http://x bookworm main\n{line}\n")
    assert apt_sources("bookworm", tmp_path) == {"list": line + "\n"}


def test_a_foreign_repository_that_calls_its_suite_like_the_release_is_left_out(
    parts: Path, tmp_path: Path
) -> None:
    (parts / "foreign.sources").write_text(FOREIGN)
    (parts / "foreign.list").write_text("deb https://b.example bookworm stable\n")
    (parts / "debian.sources").write_text(DEBIAN)
    assert apt_sources("bookworm", tmp_path) == {"sources": DEBIAN + "\n"}


def test_beside_a_foreign_stanza_the_installer_s_list_is_what_counts(
    parts: Path, tmp_path: Path
) -> None:
    (parts / "foreign.sources").write_text(FOREIGN)
    (tmp_path / "etc/apt/sources.list").write_text(f"{LINE}\n")
    assert apt_sources("bookworm", tmp_path) == {"list": f"{LINE}\n"}


def test_what_only_the_other_format_gives_is_taken_from_there(parts: Path, tmp_path: Path) -> None:
    security = "deb http://mirror.example/debian-security bookworm-security main"
    (parts / "debian.sources").write_text(DEBIAN)
    (tmp_path / "etc/apt/sources.list").write_text(f"{LINE}\n{security}\n")
    expected = {"sources": DEBIAN + "\n", "list": security + "\n"}
    assert apt_sources("bookworm", tmp_path) == expected


def test_a_mirror_with_a_key_of_its_own_needs_one_that_the_machines_get(
    parts: Path, tmp_path: Path
) -> None:
    (parts / "mirror.sources").write_text(FOREIGN)
    assert apt_sources("bookworm", tmp_path) == {"sources": FOREIGN + "\n"}
    elsewhere = FOREIGN.replace("/etc/apt/keyrings", "/usr/share/keyrings")
    (parts / "mirror.sources").write_text(elsewhere)
    assert apt_sources("bookworm", tmp_path) == {}
    inside = FOREIGN.partition("Signed-By:")[0]
    inside += "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ\n"
    (parts / "mirror.sources").write_text(inside)
    assert apt_sources("bookworm", tmp_path) == {"sources": inside}


def test_another_shell_or_network_is_no_reason_for_another_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inherit, "apt_options", lambda: "")  # not every desk has an apt
    before = inherit.fingerprint("bookworm")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setattr(inherit, "resolv_conf", lambda: "nameserver 192.0.2.53\n")
    assert inherit.fingerprint("bookworm") == before
    assert "HTTPS_PROXY=http://proxy.example:3128\n" in inherit.passing()["etc/environment"]
    assert inherit.passing()["etc/resolv.conf"] == "nameserver 192.0.2.53\n"


def test_machines_are_given_anew_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchrig.lab.definition.STATE_ROOT", tmp_path)
    monkeypatch.setattr(refresh, "reach", lambda _: [])
    files = {"etc/environment": "A=$x `y` \\n%s\n\n", "etc/resolv.conf": ""}
    monkeypatch.setattr(refresh, "passing", lambda: files)
    machines = [Machine("app", "198.18.1.12"), Machine("db", "198.18.1.13")]
    lab = build_lab("one", "br-one", "198.18.1.0/24", machines)
    app, db = (overlay_dir(lab, m.name) / "root/etc" for m in machines)
    outside = tmp_path / "outside"
    outside.write_text("the box's\n")
    for etc in (app, db):
        etc.mkdir(parents=True)
        (etc / "resolv.conf").touch()
    (db / "resolv.conf").unlink()
    (db / "resolv.conf").symlink_to(outside)
    differing = [f"{app}/environment", f"{db}/environment", f"{db}/resolv.conf"]
    assert refresh.refresh(lab, write=False) == differing
    assert not (app / "environment").exists()
    assert refresh.refresh(lab) == differing
    assert (app / "environment").read_text() == files["etc/environment"]
    assert (app / "environment").stat().st_mode & 0o777 == 0o644
    assert outside.read_text() == "the box's\n"
    assert not (db / "resolv.conf").is_symlink()
    assert refresh.refresh(lab) == []
