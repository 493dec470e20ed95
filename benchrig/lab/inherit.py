"""What the lab's machines take over from the box: package sources, proxies, CA certificates, DNS.

Nothing is spelled out: a box behind a mirror, a proxy or a private CA boots machines that are
behind the same ones.
"""

import json
import os
import re
import shutil
from pathlib import Path

from benchrig.lab.shell import run
from benchrig.lab.sources import KEY_FOLDERS, apt_sources

PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy")
INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX")
COPIED = (
    *KEY_FOLDERS,
    "etc/apt/auth.conf.d",
    "etc/apt/mirrors",
    "etc/pip.conf",
    "etc/uv/uv.toml",
    "usr/local/share/ca-certificates",
)


def os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """The box's os-release as a mapping; empty where there is none."""
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {key: value.strip('"') for key, value in pairs}


def apt_options() -> str:
    """How the box's apt fetches (proxy, certificates, retries), as apt.conf text."""
    dump = run(["apt-config", "dump", "Acquire"], check=False).stdout
    wanted = re.compile(r"^Acquire::(https?|ftp|Check|Retries|Max|Force|Allow|IndexTargets)", re.I)
    return "".join(f"{line}\n" for line in dump.splitlines() if wanted.match(line))


def environment() -> str:
    """Lines for the machines' /etc/environment: proxies and package indexes of this shell."""
    names = [*PROXY_VARIABLES, *(n.upper() for n in PROXY_VARIABLES), *INDEX_VARIABLES]
    return "".join(f"{n}={os.environ[n]}\n" for n in names if os.environ.get(n))


def resolv_conf() -> str:
    """Name servers that a machine behind the bridge can reach (never a loopback stub)."""
    upstream = Path("/run/systemd/resolve/resolv.conf")
    text = Path("/etc/resolv.conf").read_text()
    if re.search(r"^nameserver\s+127\.", text, re.MULTILINE) and upstream.exists():
        text = upstream.read_text()
    return "".join(f"{line}\n" for line in text.splitlines() if not line.startswith("#"))


def passing() -> dict[str, str]:
    """Files that running machines are given anew at each `up`, by path below their root."""
    return {"etc/environment": environment(), "etc/resolv.conf": resolv_conf()}


def copy_settings(root: Path) -> None:
    """Put the box's package settings and certificates into the image at ``root``."""
    for relative in COPIED:
        source, target = Path("/") / relative, root / relative
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        elif source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    _translate_index_for_uv(root)
    # Name servers come with each `up`; the box's must not stay in an image that outlives them.
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").touch()
    run(["chroot", str(root), "update-ca-certificates"])


def _translate_index_for_uv(root: Path) -> None:
    """Uv reads no pip.conf: tell it the index that pip was told."""
    target = root / "etc/uv/uv.toml"
    pip_conf = root / "etc/pip.conf"
    if target.exists() or not pip_conf.exists():
        return
    found = re.search(r"^\s*index-url\s*=\s*(\S+)", pip_conf.read_text(), re.MULTILINE)
    if found:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"[[index]]\nurl = {json.dumps(found.group(1))}\ndefault = true\n")


def fingerprint(suite: str) -> str:
    """Text that changes whenever something that the image inherits does, to key the cached image.

    What `passing` tells is no part of it: machines outlive another shell and another network.
    """
    files = [
        p
        for r in COPIED
        for p in sorted((Path("/") / r).rglob("*") if (Path("/") / r).is_dir() else [Path("/") / r])
    ]
    contents = [f"{p}\n{p.read_bytes().hex()}" for p in files if p.is_file()]
    return "\n".join([*apt_sources(suite).values(), apt_options(), *contents])
