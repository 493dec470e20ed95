"""The base image all machines of all labs share: built once per content, then read only."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from benchrig.errors import BenchrigError
from benchrig.lab import inherit
from benchrig.lab.definition import IMAGES, STATE_ROOT
from benchrig.lab.shell import run
from benchrig.lab.sources import apt_sources

RECIPE = 1  # raise when what is done to the image below changes
PACKAGES = (
    "systemd",
    "systemd-sysv",
    "systemd-container",
    "libpam-systemd",
    "dbus",
    "openssh-server",
    "python3",
    "python3-apt",
    "iproute2",
    "sudo",
    "ca-certificates",
    "netbase",
    "procps",
    "kmod",
)
MASKED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "console-getty.service",
    "systemd-networkd-wait-online.service",
    "systemd-firstboot.service",
)


def default_suite() -> str:
    """The box's own Debian release, so that its package sources fit; else Debian 12."""
    release = inherit.os_release()
    return release.get("VERSION_CODENAME", "") if release.get("ID") == "debian" else "bookworm"


def image_path(suite: str) -> Path:
    """Where the image for ``suite`` with today's inherited settings is, or will be."""
    recipe = f"{RECIPE} {suite} {PACKAGES} {MASKED}\n{inherit.fingerprint(suite)}"
    return IMAGES / f"{suite}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"


@contextmanager
def held_image(suite: str) -> Iterator[tuple[Path, bool]]:
    """The image's path, and whether it had to be built (22 to 45 s); held: nobody removes it."""
    path = image_path(suite)
    with ExitStack() as held:
        with _locked():
            built = not path.exists()
            if built:
                _build(suite, path)
            _flock(held, path, fcntl.LOCK_SH)
        yield path, built


def remove_unused() -> None:
    """Remove the images that no lab's machines were made with, and that nobody is about to use."""
    with _locked():
        labs = [p.read_text() for p in (IMAGES.parent / "labs").glob("*/lab.json")]
        for path in IMAGES.iterdir():
            if any(json.dumps(str(path)) in text for text in labs):
                continue
            with ExitStack() as held, suppress(BlockingIOError):
                _flock(held, path, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Renamed at once: what a kill leaves of it never passes for an image.
                shutil.rmtree(path.rename(IMAGES / f".building-{path.name}"))


def _flock(held: ExitStack, path: Path, operation: int) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    held.callback(os.close, descriptor)
    fcntl.flock(descriptor, operation)


def _build(suite: str, path: Path) -> None:
    for stale in IMAGES.glob(".building-*"):
        shutil.rmtree(stale)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=IMAGES))
    _bootstrap(suite, building)
    _customise(building)
    building.chmod(0o755)
    building.rename(path)


@contextmanager
def _locked() -> Iterator[None]:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (STATE_ROOT / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bootstrap(suite: str, target: Path) -> None:
    options = inherit.apt_options()
    with tempfile.TemporaryDirectory(prefix="benchrig-image-") as scratch:
        argv = ["mmdebstrap", "--quiet", "--format=directory", "--variant=minbase"]
        argv += [f"--include={','.join(PACKAGES)}", "--skip=cleanup/apt/lists"]
        if options:
            conf = Path(scratch, "inherited.conf")
            conf.write_text(options)
            argv.append(f"--aptopt={conf}")
        if Path("/etc/apt/auth.conf.d").is_dir():
            argv.append("--setup-hook=copy-in /etc/apt/auth.conf.d /etc/apt/")
        argv += [suite, str(target)]
        for kind, text in apt_sources(suite).items():
            mirror = Path(scratch, f"inherited.{kind}")
            mirror.write_text(text)
            argv.append(str(mirror))
        try:
            run(argv)
        except BenchrigError as error:
            raise BenchrigError(
                f"the base image could not be built: {error}",
                where="lab",
                way_out="check that `apt-get update` works on this machine, then try again",
            ) from error


def _customise(root: Path) -> None:
    inherit.copy_settings(root)
    system = root / "etc/systemd/system"
    for unit in MASKED:
        (system / unit).symlink_to("/dev/null")
    wants = system / "multi-user.target.wants"
    wants.mkdir(parents=True, exist_ok=True)
    network = wants / "systemd-networkd.service"
    if not network.is_symlink():
        network.symlink_to("/lib/systemd/system/systemd-networkd.service")
    for key in (root / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    (root / "etc/ssh/sshd_config.d/benchrig.conf").write_text(
        "UseDNS no\nPasswordAuthentication no\nMaxStartups 100\nMaxSessions 64\n"
    )
    (root / "etc/machine-id").write_text("")
    (root / "root/.ssh").mkdir(mode=0o700, exist_ok=True)
