"""Counters of a host as a whole: stolen time, swap, its links, and what else runs on it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
KERNEL_THREAD = 0x00200000  # PF_KTHREAD of include/linux/sched.h
_limits: dict[str, int] = {}  # as last looked at
LINK_COUNTERS = ("rx_bytes", "tx_bytes", "rx_packets", "tx_packets", "rx_dropped", "tx_dropped")


def machine() -> dict[str, Any]:
    """Time of all CPUs, stolen time, swapped pages, OOM kills, and waiting for a CPU at all."""
    stat = {key: rest for key, _, rest in map(_split, Path("/proc/stat").read_text().splitlines())}
    ticks = [int(number) for number in stat["cpu"].split()[:8]]
    pages = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    pressure = Path("/proc/pressure/cpu")
    some = pressure.read_text().split()[4] if pressure.exists() else ""
    return {
        "cpu_seconds": sum(ticks) / TICKS_PER_SECOND,
        "stolen_seconds": ticks[7] / TICKS_PER_SECOND,
        "swapped_pages": int(pages["pswpin"]) + int(pages["pswpout"]),
        "oom_kills": int(pages.get("oom_kill", 0)),
        "booted_unix": int(stat["btime"]),
        "context_switches": int(stat["ctxt"]),
        "pressure_seconds": int(some.split("=")[1]) / 1e6 if some else None,
    }


def _split(line: str) -> tuple[str, str, str]:
    return line.partition(" ")


def links(*, limits: bool = True) -> dict[str, dict[str, Any]]:
    """Every network interface but the loopback: its counters and how fast it may be.

    To look for ``limits`` takes a process, which is dearer than all the rest; without, they are
    what they were the last time.
    """
    if limits:
        _limits.clear()
        _limits.update(shaped())
    found = {}
    for folder in Path("/sys/class/net").iterdir():
        if folder.name == "lo" or not (folder / "statistics").is_dir():
            continue
        counters = {n: int((folder / "statistics" / n).read_text()) for n in LINK_COUNTERS}
        capacity = {"speed_bits_per_second": speed(folder), "limit_bits_per_second": 0}
        found[folder.name] = {**counters, **capacity}
    for device, limit in _limits.items():
        if device in found:
            found[device]["limit_bits_per_second"] = limit
    return found


def speed(folder: Path) -> int:
    """What the interface says it can do, in bits per second; 0 where it does not know."""
    try:
        return max(0, int((folder / "speed").read_text())) * 1_000_000
    except OSError:
        return 0  # the kernel answers EINVAL for an interface that is down or has no speed


def shaped() -> dict[str, int]:
    """Device to the rate that a token bucket lets it send (``tc qdisc``), in bits per second."""
    try:
        argv = ["tc", "-json", "qdisc", "show"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return {}  # a host without tc has no shaper that anybody set
    listed = json.loads(done.stdout) if done.returncode == 0 else []
    rates = {entry.get("dev", ""): entry.get("options", {}).get("rate", 0) for entry in listed}
    return {device: int(rate) * 8 for device, rate in rates.items() if rate}


def others(watched: set[int]) -> list[dict[str, Any]]:
    """CPU seconds of every process that is not ``watched``, but for threads of the kernel.

    This program is left out: what watching costs is told by the census.
    """
    watched = watched | {os.getpid()}
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) in watched:
            continue
        try:
            stat = (entry / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended between the listing and the look
        name, fields = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :]
        values = fields.split()
        ticks = int(values[11]) + int(values[12])
        if ticks and not int(values[6]) & KERNEL_THREAD:
            used = ticks / TICKS_PER_SECOND
            found.append({"pid": int(entry.name), "name": name, "cpu_seconds": used})
    return found
