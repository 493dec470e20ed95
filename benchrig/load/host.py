"""What a load generator host can carry, as seen from inside the unit that the drivers run in."""

import os
import re
import resource
from pathlib import Path
from typing import Any

PORT_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
CPU_INFO = Path("/proc/cpuinfo")


def describe() -> dict[str, Any]:
    """CPU model and how many may be used, ports for outgoing connections, file descriptors."""
    first, last = map(int, PORT_RANGE.read_text().split())
    model = re.search(r"^model name\s*:\s*(.*)$", CPU_INFO.read_text(), re.MULTILINE)
    return {
        "cpu_model": model.group(1) if model else os.uname().machine,
        "cpus": len(os.sched_getaffinity(0)),
        "ports": last - first + 1,
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }
