#!/usr/bin/env python3
"""How long `site.yml` takes, beside the same installs done by hand on the same bare machines.

    python benchmarks/provisioning.py [--rounds 2]

Boots a lab of its own (root), twice a round: once the packages, environments and wrk are installed
by hand over SSH, one host after the other and all at once; once `site.yml` does everything. Then
`site.yml` again with nothing to do, the time five machines take to answer on SSH, and what
`fab bench` adds around the phases that send load.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from tests.lab.rig import LabRig, make_lab  # noqa: E402 (the project is put on the path first)

HOSTS = ("loadgen", "app", "db", "proxy", "monitor")
BASE = (
    "python3-venv rsync python3-prometheus-client"
    " prometheus-node-exporter prometheus-process-exporter"
)
PACKAGES = {
    "loadgen": "build-essential dpkg-dev git libluajit-5.1-dev libssl-dev luajit netbase pkg-config"
    " unzip apache2-utils hey nghttp2-client",
    "app": "",
    "db": "postgresql-15 python3-psycopg2 prometheus-postgres-exporter",
    "proxy": "nginx prometheus-nginx-exporter",
    "monitor": "prometheus",
}
TRIALS = 6
SECONDS_OF_LOAD = {"primer": 1, "warm-up": 1, "measure": 3}


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def by_hand(lab: LabRig, host: str) -> None:
    """What an administrator would type on one bare host."""
    install = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
    lab.on(host, f"{install} {BASE} {PACKAGES[host]} >/dev/null 2>&1")
    locks = {
        "app": sorted(PROJECT.glob("apps/*/requirements.txt")),
        "loadgen": [PROJECT / "requirements/load.txt"],
    }.get(host, [])
    if locks:
        lab.on(host, "python3 -m venv /opt/uv && /opt/uv/bin/pip install -q uv")
    for number, lock in enumerate(locks):
        copy = ["rsync", "-e", " ".join(lab.ssh_argv(host)[:-1]), str(lock)]
        lab.run(*copy, f"root@{lab.address(host)}:/tmp/lock-{number}.txt")
        make = f"/opt/uv/bin/uv venv -q /opt/env-{number}"
        sync = f"/opt/uv/bin/uv pip sync -q --python /opt/env-{number}/bin/python"
        lab.on(
            host, f"{make} && UV_SYSTEM_CERTS=1 UV_COMPILE_BYTECODE=1 {sync} /tmp/lock-{number}.txt"
        )
    if host == "loadgen":
        files = PROJECT / "roles/wrk/files"
        copy = ["rsync", "-r", "-e", " ".join(lab.ssh_argv(host)[:-1]), f"{files}/"]
        lab.run(*copy, f"root@{lab.address(host)}:/tmp/wrk-files")
        lab.on(
            host,
            "bash /tmp/wrk-files/build-wrk.sh debian /opt/wrk x@y /tmp/wrk-files >/dev/null 2>&1",
        )


def fresh(lab: LabRig) -> float:
    """Boot the machines anew; seconds until all answer on SSH, as who runs it sees them."""
    lab.playbook("playbooks/lab-down.yml")
    return seconds(lambda: lab.playbook("playbooks/lab-up.yml"))


def bench_seconds(lab: LabRig, trials: int) -> float:
    """Seconds that `fab bench` takes for so many trials."""
    arguments = ("bench", "--variant", "aiohttp", "--duration", "3s", "--warmup", "1s")
    return seconds(lambda: lab.fab(*arguments, "--repeats", str(trials)))


def beside_the_load(lab: LabRig) -> tuple[float, float]:
    """What a trial and what the command around it add to the phases that send load, in seconds."""
    one, more = bench_seconds(lab, 1), bench_seconds(lab, TRIALS)
    trial = (more - one) / (TRIALS - 1)
    return trial - sum(SECONDS_OF_LOAD.values()), one - trial


def one_round(lab: LabRig) -> dict[str, float]:
    """All figures once."""
    figures = {"five machines answer on SSH": fresh(lab)}
    figures["by hand, one host after the other"] = sum(
        seconds(partial(by_hand, lab, host)) for host in HOSTS
    )
    fresh(lab)
    with ThreadPoolExecutor(len(HOSTS)) as pool:
        figures["by hand, all hosts at once"] = seconds(
            lambda: list(pool.map(partial(by_hand, lab), HOSTS))
        )
    fresh(lab)
    figures["site.yml on bare hosts"] = seconds(lambda: lab.playbook("site.yml"))
    figures["site.yml with nothing to do"] = seconds(lambda: lab.playbook("site.yml"))
    trial, command = beside_the_load(lab)
    figures["a trial beside its load"] = trial
    figures["fab bench around its trials"] = command
    return figures


def main() -> None:
    """Print the medians and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        lab = make_lab(Path(folder), "brbench", "198.18.85.")
        try:
            measured = [one_round(lab) for _ in range(rounds)]
        finally:
            lab.playbook("playbooks/lab-down.yml")
    medians = {key: statistics.median(m[key] for m in measured) for key in measured[0]}
    for key, value in medians.items():
        print(f"{value:7.1f} s  {key}")
    site = medians["site.yml on bare hosts"]
    for key in ("by hand, one host after the other", "by hand, all hosts at once"):
        print(f"{site / medians[key]:7.2f}    site.yml / {key}")


if __name__ == "__main__":
    main()
