"""A machine's disk: an overlay of the base image, and the files that make it this machine."""

import shutil
import uuid
from pathlib import Path

from benchrig.lab.definition import Lab, Machine, box_cpus
from benchrig.lab.kernel import settings_of_outer
from benchrig.lab.keys import host_key
from benchrig.lab.shell import run

NETWORK = """[Match]
Name=host0
[Network]
Address={address}/{prefix}
Gateway={gateway}
LinkLocalAddressing=no
IPv6AcceptRA=no
LLDP=no
"""
OUTER_NETWORK = {
    "10-br0.netdev": "[NetDev]\nName=br0\nKind=bridge\n[Bridge]\nForwardDelaySec=0\n",
    "10-host0.network": "[Match]\nName=host0\n[Network]\nBridge=br0\n",
    "10-machines.network": "[Match]\nName=vb-*\n[Link]\nUnmanaged=yes\n",
}


def overlay_dir(lab: Lab, name: str) -> Path:
    """Directory with a machine's upper, work and root directories."""
    return lab.root / "hosts" / name


def prepare_machine(lab: Lab, machine: Machine) -> None:
    """Write the files that tell one machine its name, address, peers and keys."""
    upper = _make_overlay(overlay_dir(lab, machine.name))
    files = {
        "etc/hostname": f"{machine.name}\n",
        "etc/hosts": _hosts(lab),
        "etc/machine-id": f"{_machine_id(lab, machine.name)}\n",
        "etc/systemd/network/10-host0.network": NETWORK.format(
            address=machine.address, prefix=lab.network.prefixlen, gateway=lab.gateway
        ),
        "root/.ssh/authorized_keys": (lab.ssh_dir / "id_ed25519.pub").read_text(),
    }
    _write(upper, files | _pinning(machine))
    (upper / "root/.ssh").chmod(0o700)
    (upper / "etc/ssh").mkdir(exist_ok=True)
    for suffix in ("", ".pub"):
        source = Path(f"{host_key(lab, machine.name)}{suffix}")
        shutil.copy2(source, upper / f"etc/ssh/ssh_host_ed25519_key{suffix}")


def _pinning(machine: Machine) -> dict[str, str]:
    """Keep a machine's services on its CPUs; what comes in by SSH (provisioning) may use all."""
    if not machine.cpus:
        return {}
    own, every = (" ".join(map(str, cpus)) for cpus in (machine.cpus, box_cpus()))
    return {
        "etc/systemd/system.conf.d/cpus.conf": f"[Manager]\nCPUAffinity={own}\n",
        "etc/systemd/system/ssh.service.d/cpus.conf": f"[Service]\nCPUAffinity={every}\n",
    }


def prepare_outer(lab: Lab, units: dict[str, str]) -> None:
    """Write the outer machine's files: its bridge, and the units that boot the others at once."""
    upper = _make_overlay(lab.root / "outer")
    bridge = NETWORK.replace("host0", "br0").format(
        address=lab.outer_address, prefix=lab.network.prefixlen, gateway=lab.gateway
    )
    files = {f"etc/systemd/network/{name}": text for name, text in OUTER_NETWORK.items()}
    files["etc/systemd/network/10-br0.network"] = bridge + "ConfigureWithoutCarrier=yes\n"
    files["etc/sysctl.d/benchrig.conf"] = settings_of_outer()
    files["etc/hostname"] = f"{lab.outer_name}\n"
    files["etc/machine-id"] = f"{_machine_id(lab, lab.outer_name)}\n"
    files |= {f"etc/systemd/system/{name}": text for name, text in units.items()}
    _write(upper, files)
    system = upper / "etc/systemd/system"
    (system / "ssh.service").unlink(missing_ok=True)
    (system / "ssh.service").symlink_to("/dev/null")
    wants = system / "multi-user.target.wants"
    shutil.rmtree(wants, ignore_errors=True)
    wants.mkdir()
    for machine in lab.machines:
        template = f"/etc/systemd/system/benchrig-lab-{lab.name}@.service"
        (wants / lab.unit(machine.name)).symlink_to(template)


def mount_overlay(image: Path, directory: Path) -> Path:
    """Mount the overlay in ``directory`` on the box and return its root."""
    options = f"lowerdir={image},upperdir={directory}/upper,workdir={directory}/work"
    run(["mount", "-t", "overlay", "benchrig", "-o", options, str(directory / "root")])
    return directory / "root"


def unmount_below(directory: Path) -> None:
    """Detach every mount at or below ``directory``, also those a killed lab left."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    inside = [m for m in mounts if Path(m).is_relative_to(directory)]
    for mount in sorted(inside, reverse=True):
        run(["umount", "--lazy", mount])


def _make_overlay(directory: Path) -> Path:
    for part in ("upper", "work", "root"):
        (directory / part).mkdir(parents=True, exist_ok=True)
    return directory / "upper"


def _write(root: Path, files: dict[str, str]) -> None:
    for relative, text in files.items():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _hosts(lab: Lab) -> str:
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost"]
    return "\n".join([*lines, *(f"{m.address} {m.name}" for m in lab.machines), ""])


def _machine_id(lab: Lab, machine: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_DNS, f"{machine}.{lab.name}.benchrig").hex
