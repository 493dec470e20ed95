"""The sampler inside an app's process, in a real one."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SAMPLER = Path(__file__).parents[2] / "benchrig/host/runtime"
ASYNC_APP = """\
import asyncio, time
async def handler():
    await asyncio.sleep(60)
async def main():
    waiting = [asyncio.create_task(handler()) for _ in range(5)]
    while True:
        await asyncio.sleep(0.01)
        time.sleep(0.05)
asyncio.run(main())
"""
THREAD_APP = """\
import threading, time
def handler():
    time.sleep(60)
for _ in range(3):
    threading.Thread(target=handler, daemon=True).start()
time.sleep(60)
"""
FORKING_APP = """\
import os, time
child = os.fork()
time.sleep(60)
"""


def start(folder: Path, text: str) -> "subprocess.Popen[bytes]":
    """A Python process that finds the sampler, with the app's code in ``folder``."""
    (folder / "apps").mkdir()
    (folder / "told").mkdir()
    (folder / "sampler").mkdir()
    source = (SAMPLER / "sitecustomize.py").read_text()
    source = source.replace("/run/benchrig-runtime", str(folder / "told"))
    source = source.replace("/opt/benchrig/apps/", f"{folder}/apps/")
    (folder / "sampler/sitecustomize.py").write_text(source)
    (folder / "apps/app.py").write_text(text)
    environment = {**os.environ, "PYTHONPATH": str(folder / "sampler")}
    argv = [sys.executable, str(folder / "apps/app.py")]
    return subprocess.Popen(argv, env=environment, start_new_session=True)


def told(folder: Path, key: str, count: int = 1) -> list[dict[str, Any]]:
    """What the processes tell, once ``count`` of them tell ``key``."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = [json.loads(p.read_text()) for p in (folder / "told").glob("*.json")]
        if sum(key in one for one in found) >= count:
            return found
        time.sleep(0.05)
    pytest.fail(f"nobody told {key}")


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End it and what it forked."""
    os.killpg(process.pid, 9)
    process.wait()


def test_an_event_loop_tells_its_lag_and_who_waits_in_the_app(tmp_path: Path) -> None:
    process = start(tmp_path, ASYNC_APP)
    try:
        (figures,) = told(tmp_path, "tasks")
    finally:
        stop(process)
    assert figures["tasks"] == 6
    assert figures["requests_in_flight"] == 6
    assert (
        0 < figures["loop_lag_seconds"] / figures["loop_ticks"] <= figures["loop_lag_max_seconds"]
    )
    assert figures["pool_waiting"] == 0
    assert len(figures["gc_collections"]) == 3


def test_threads_in_the_apps_code_are_busy_and_there_is_no_loop(tmp_path: Path) -> None:
    process = start(tmp_path, THREAD_APP)
    try:
        (figures,) = told(tmp_path, "threads_busy")
    finally:
        stop(process)
    assert (figures["threads"], figures["threads_busy"]) == (4, 3)
    assert not {"tasks", "loop_lag_seconds", "loop_lag_max_seconds"} & figures.keys()


def test_a_forked_worker_tells_of_itself(tmp_path: Path) -> None:
    process = start(tmp_path, FORKING_APP)
    try:
        assert len(told(tmp_path, "threads", count=2)) == 2
    finally:
        stop(process)
