"""SSH keys of the lab: one for its users, one per machine, made once and kept outside git."""

from pathlib import Path

from benchrig.lab.definition import Lab
from benchrig.lab.shell import run


def ensure_keys(lab: Lab) -> None:
    """Make the missing keys, and write known_hosts so that host keys are checked from the start."""
    lab.ssh_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    _ensure_key(lab.ssh_dir / "id_ed25519", f"benchrig lab {lab.name}")
    known = []
    for machine in lab.machines:
        key = host_key(lab, machine.name)
        _ensure_key(key, machine.name)
        kind, public, *_ = key.with_suffix(".pub").read_text().split()
        known.append(f"{machine.address} {kind} {public}\n")
    (lab.ssh_dir / "known_hosts").write_text("".join(known))


def host_key(lab: Lab, machine: str) -> Path:
    """Path of a machine's private host key (the public one beside it ends in .pub)."""
    return lab.ssh_dir / f"host_{machine}"


def _ensure_key(path: Path, comment: str) -> None:
    if not path.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)])
