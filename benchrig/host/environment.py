"""What this host is: everything about it that could move a figure, read once for each run."""

import os
import platform
import shlex
import subprocess
from pathlib import Path
from typing import Any

CPU = Path("/sys/devices/system/cpu")
SYSCTLS = (
    "fs.file-max",
    "kernel.numa_balancing",
    "net.core.netdev_max_backlog",
    "net.core.rmem_max",
    "net.core.somaxconn",
    "net.core.wmem_max",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_congestion_control",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_max_syn_backlog",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_tw_reuse",
    "vm.overcommit_memory",
    "vm.swappiness",
)


def environment(request: dict[str, Any]) -> dict[str, Any]:
    """Hardware, kernel and software of this host.

    ``packages`` and ``units`` are patterns of Debian packages and systemd services to tell of.
    A value that this host does not have is left out, or empty.
    """
    return {
        "hostname": platform.node(),
        "os": _os_name(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
        "virtualization": _said(["systemd-detect-virt"]),
        "cpu_model": cpu_model(_text(Path("/proc/cpuinfo"))),
        "cpus": len(os.sched_getaffinity(0)),
        "cpus_total": os.cpu_count() or 0,
        "memory_bytes": _memory_bytes(),
        "governor": _text(CPU / "cpu0/cpufreq/scaling_governor"),
        "turbo": _turbo(),
        "smt": _text(CPU / "smt/control"),
        "clocksource": _text(
            Path("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        ),
        "huge_pages": chosen(_text(Path("/sys/kernel/mm/transparent_hugepage/enabled"))),
        "mitigations": {p.name: _text(p) for p in sorted((CPU / "vulnerabilities").glob("*"))},
        "sysctls": _sysctls(),
        "interfaces": _interfaces(),
        "python": platform.python_version(),
        "packages": _packages(request["packages"]),
        "units": _units(request["units"]),
    }


def cpu_model(cpuinfo: str) -> str:
    """The processor's name out of /proc/cpuinfo; ARM names numbers only."""
    named = dict(line.split(":", 1) for line in cpuinfo.splitlines() if ":" in line)
    stripped = {key.strip(): value.strip() for key, value in named.items()}
    if "model name" in stripped:
        return stripped["model name"]
    parts = [f"{key} {stripped[key]}" for key in ("CPU implementer", "CPU part") if key in stripped]
    return ", ".join(parts)


def chosen(text: str) -> str:
    """The word in brackets, as sysfs marks which of several is set."""
    return text.partition("[")[2].partition("]")[0]


def exec_lines(shown: str) -> dict[str, str]:
    """Unit to command line, out of ``systemctl show --property=Id,ExecStart``."""
    found: dict[str, str] = {}
    for block in shown.split("\n\n"):
        fields = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        argv = fields.get("ExecStart", "").partition("argv[]=")[2].partition(" ;")[0]
        if argv and "Id" in fields:
            found[fields["Id"]] = argv
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""  # this kernel or this kind of machine does not have it


def _said(argv: list[str]) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _os_name() -> str:
    lines = _text(Path("/etc/os-release")).splitlines()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    return "".join(shlex.split(fields.get("PRETTY_NAME", "")))


def _memory_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _turbo() -> str:
    off = _text(CPU / "intel_pstate/no_turbo")
    boost = _text(CPU / "cpufreq/boost")
    return {"0": "on", "1": "off"}.get(off) or {"0": "off", "1": "on"}.get(boost, "")


def _sysctls() -> dict[str, str]:
    found = {name: _text(Path("/proc/sys") / name.replace(".", "/")) for name in SYSCTLS}
    return {name: " ".join(value.split()) for name, value in found.items() if value}


def _interfaces() -> dict[str, str]:
    found = {}
    for path in sorted(Path("/sys/class/net").glob("*")):
        if path.name != "lo":
            speed = _text(path / "speed")
            told = f"{speed} Mbit/s" if speed.isdecimal() else "speed not told"
            found[path.name] = f"MTU {_text(path / 'mtu')}, {told}"
    return found


def _packages(patterns: list[str]) -> dict[str, str]:
    argv = ["dpkg-query", "--show", "--showformat=${Package}\t${Version}\t${db:Status-Status}\n"]
    rows = [line.split("\t") for line in _said([*argv, *patterns]).splitlines()]
    return {name: version for name, version, state in rows if state == "installed"}


def _units(patterns: list[str]) -> dict[str, str]:
    argv = ["systemctl", "--no-pager", "show", "--property=Id,ExecStart"]
    return exec_lines(_said([*argv, *patterns]))
