# SPDX-License-Identifier: Apache-2.0
"""Builds stock and patched wrk from a source tree or from the distribution's source package."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROLE_FILES = Path(__file__).parents[2] / "roles" / "wrk" / "files"
SOURCE_VARIABLE = "BENCHRIG_WRK_SOURCE"
MAKE = ["make", "-s", "WITH_LUAJIT=/usr", "WITH_OPENSSL=/usr", "VER=test"]


@dataclass(frozen=True)
class Programs:
    """Paths of the two binaries, built from the same source."""

    stock: Path
    patched: Path


class BuildError(Exception):
    """A step of the build failed; the text holds the command and its output."""


def run_step(command: list[str], where: Path, **variables: str) -> None:
    done = subprocess.run(
        command,
        cwd=where,
        env=os.environ | variables,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise BuildError(f"{' '.join(command)} in {where}: exit {done.returncode}\n{done.stdout}")


def _source_entries(folder: Path) -> None:
    """Write the machine's package sources into folder, asking for sources, not binaries."""
    for path in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        if path.suffix not in {".list", ".sources"} or not path.is_file():
            continue
        lines = path.read_text().splitlines()
        wanted = [
            line.replace("Types: deb", "Types: deb-src")
            if line.startswith("Types: deb")
            else line.replace("deb ", "deb-src ", 1)
            if line.startswith("deb ")
            else line
            for line in lines
        ]
        (folder / path.name).write_text("\n".join(wanted) + "\n")


def fetch_source(folder: Path) -> Path:
    """Get the distribution's source package of wrk, without a change to the machine's own lists."""
    parts, lists = folder / "parts", folder / "lists"
    parts.mkdir()
    (lists / "partial").mkdir(parents=True)
    _source_entries(parts)
    apt = [
        "apt-get",
        "-q",
        "-o",
        f"Dir::Etc::SourceParts={parts}",
        "-o",
        "Dir::Etc::SourceList=/dev/null",
        "-o",
        f"Dir::State::Lists={lists}",
        "-o",
        "APT::Sandbox::User=",
    ]
    run_step([*apt, "update"], folder)
    run_step([*apt, "source", "wrk"], folder)
    return next(path for path in folder.glob("wrk-*") if path.is_dir())


def _build(source: Path, tree: Path, patched: bool) -> Path:
    shutil.copytree(source, tree, ignore=shutil.ignore_patterns("obj", ".git", "*.o"))
    if patched:
        diff = ROLE_FILES / "hooks.diff"
        run_step(["patch", "-s", "-p1", "--fuzz=0", "-i", str(diff)], tree)
        shutil.copytree(ROLE_FILES / "src", tree / "src", dirs_exist_ok=True)
    run_step(MAKE, tree)
    return tree / "wrk"


def build_programs(folder: Path) -> Programs:
    """Build both; the source is the tree that BENCHRIG_WRK_SOURCE names, else fetched."""
    given = os.environ.get(SOURCE_VARIABLE)
    source = Path(given) if given else fetch_source(folder)
    return Programs(
        stock=_build(source, folder / "stock", patched=False),
        patched=_build(source, folder / "patched", patched=True),
    )
