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

PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy")
INDEX_VARIABLES = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX")
COPIED = (
    "etc/apt/auth.conf.d",
    "etc/apt/keyrings",
    "etc/apt/mirrors",
    "etc/apt/trusted.gpg.d",
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


def apt_sources(suite: str, root: Path = Path("/")) -> str:
    """The box's own sources for ``suite`` in deb822 or one-line form; empty if there are none.

    Other suites (backports, third-party repositories) are left out, the rest is verbatim: a lab
    machine starts as plain Debian.
    """
    wanted = {suite, f"{suite}-updates", f"{suite}-security", f"{suite}/updates"}
    stanzas = [
        stanza
        for path in sorted((root / "etc/apt/sources.list.d").glob("*.sources"))
        for stanza in re.split(r"\n\s*\n", path.read_text())
    ]
    deb822 = "\n\n".join(filter(None, (_of_suites(s.strip(), wanted) for s in stanzas)))
    if deb822:
        return deb822 + "\n"
    lists = [
        root / "etc/apt/sources.list",
        *sorted((root / "etc/apt/sources.list.d").glob("*.list")),
    ]
    lines = [line for path in lists if path.exists() for line in path.read_text().splitlines()]
    return "".join(f"{line}\n" for line in lines if _line_suite(line) in wanted)


def _of_suites(stanza: str, wanted: set[str]) -> str:
    """The stanza with those of its suites that are wanted; empty when it gives no packages of them.

    Debian's cloud images name the backports in the stanza of the release itself.
    """
    fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, re.MULTILINE))
    suites = [suite for suite in fields.get("Suites", "").split() if suite in wanted]
    if fields.get("Enabled") == "no" or "deb" not in fields.get("Types", "").split() or not suites:
        return ""
    return re.sub(r"^Suites:.*$", f"Suites: {' '.join(suites)}", stanza, flags=re.MULTILINE)


def _line_suite(line: str) -> str:
    found = re.match(r"deb\s+(?:\[[^]]*\]\s+)?\S+\s+(\S+)\s+\S", line)
    return found.group(1) if found else ""


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
    with (root / "etc/environment").open("a") as file:
        file.write(environment())
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text(resolv_conf())
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
    """Text that changes whenever something inherited changes, to key the cached image."""
    files = [
        p
        for r in COPIED
        for p in sorted((Path("/") / r).rglob("*") if (Path("/") / r).is_dir() else [Path("/") / r])
    ]
    contents = [f"{p}\n{p.read_bytes().hex()}" for p in files if p.is_file()]
    return "\n".join([apt_sources(suite), apt_options(), environment(), resolv_conf(), *contents])
