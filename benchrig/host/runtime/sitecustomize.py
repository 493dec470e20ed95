"""Figures from inside an app's process, a few times a second; found by Python through PYTHONPATH.

A thread looks at the event loop, at tasks and at threads from outside: no code of ours runs for a
request. It replaces a small file twice a second, which benchrig-exporter reads. Only in runs with
``--runtime-signals``; everything is left as it is when the folder is not there.
"""

import atexit
import gc
import json
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import CodeType
from typing import Any

FOLDER = Path("/run/benchrig-runtime")
APPS = "/opt/benchrig/apps/"
TICK_SECONDS = 0.25
TICKS_PER_FILE = 2
LOOKS_FOR_LOOP = (4, 8, 16, 32, 64)  # ticks after which the loop is looked for
FULL = 2  # the generation of a full collection
# Where drivers wait for a free connection of their pool: file and functions.
POOLS = {
    "asyncpg/pool.py": ("_acquire", "_acquire_impl"),
    "psycopg_pool/pool_async.py": ("getconn", "wait"),
    "psycopg_pool/pool.py": ("getconn", "wait"),
}


class Sampler:
    """What one process tells of itself."""

    def __init__(self) -> None:
        self._loop: Any = None
        self._asked = False
        self._values = {"loop_lag_seconds": 0.0, "loop_ticks": 0, "gc_seconds": 0.0}
        self._gc_began = 0.0
        self._lags: list[float] = []
        self._tasks: dict[str, int] = {}

    def run(self) -> None:
        """Look and tell until the process ends."""
        tick = 0
        while True:
            time.sleep(TICK_SECONDS)
            tick += 1
            if self._loop is None and tick in LOOKS_FOR_LOOP:
                self._loop = find_loop()
            if self._loop is not None and not self._asked and not self._loop.is_closed():
                self._asked = True
                with suppress(RuntimeError):  # closed between the question and the call
                    self._loop.call_soon_threadsafe(self._in_loop, time.perf_counter())
            if tick % TICKS_PER_FILE == 0:
                self._tell()

    def collection(self, phase: str, info: dict[str, int]) -> None:
        """Gc tells that a collection begins or ends."""
        if info["generation"] != FULL:
            return
        if phase == "start":
            self._gc_began = time.perf_counter()
        else:
            self._values["gc_seconds"] += time.perf_counter() - self._gc_began

    def _in_loop(self, asked: float) -> None:
        lag = time.perf_counter() - asked
        self._values["loop_lag_seconds"] += lag
        self._values["loop_ticks"] += 1
        self._lags = [*self._lags[-3:], lag]
        import asyncio  # noqa: PLC0415 - a process without a loop need not load it

        chains = [chain(task.get_coro()) for task in asyncio.all_tasks(self._loop)]
        self._tasks = {
            "tasks": len(chains),
            "in_app": sum(any(in_app(code) for code in codes) for codes in chains),
            "waiting": sum(any(in_pool(code) for code in codes) for codes in chains),
        }
        self._asked = False

    def _tell(self) -> None:
        own = threading.get_ident()
        stacks = [stack(frame) for ident, frame in sys._current_frames().items() if ident != own]
        busy = sum(any(in_app(code) for code in codes) for codes in stacks)
        waiting = sum(any(in_pool(code) for code in codes) for codes in stacks)
        told: dict[str, Any] = {
            **self._values,
            "unix": time.time(),
            "gc_collections": [generation["collections"] for generation in gc.get_stats()],
            "threads": len(stacks),
            "threads_busy": busy,
            "requests_in_flight": self._tasks.get("in_app", busy),
            "pool_waiting": self._tasks.get("waiting", waiting),
        }
        if self._tasks:
            told |= {"tasks": self._tasks["tasks"], "loop_lag_max_seconds": max(self._lags)}
        else:
            del told["loop_lag_seconds"], told["loop_ticks"]
        whole = own_file()
        partial = whole.with_suffix(".partial")
        with suppress(OSError):  # the app goes on, whatever becomes of the folder
            partial.write_text(json.dumps(told))
            partial.rename(whole)


def find_loop() -> Any:
    """The process's event loop, asyncio's or uvloop's; ``None`` where none runs."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return None
    kind = asyncio.AbstractEventLoop
    found = [o for o in gc.get_objects() if isinstance(o, kind) and o.is_running()]
    return found[0] if found else None


def chain(coroutine: Any) -> list[CodeType]:
    """Code that a suspended coroutine is in, from the outside in."""
    codes = []
    while coroutine is not None:
        code = getattr(coroutine, "cr_code", None) or getattr(coroutine, "gi_code", None)
        if code is None:
            break
        codes.append(code)
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return codes


def stack(frame: Any) -> list[CodeType]:
    """Code that a thread is in."""
    codes = []
    while frame is not None:
        codes.append(frame.f_code)
        frame = frame.f_back
    return codes


def in_app(code: CodeType) -> bool:
    """Whether this is a handler of the app, and not the module that a server imports."""
    return code.co_filename.startswith(APPS) and code.co_name != "<module>"


def in_pool(code: CodeType) -> bool:
    """Whether this is a driver that waits for a connection."""
    return any(
        code.co_filename.endswith(file) and code.co_name in names for file, names in POOLS.items()
    )


def own_file() -> Path:
    """The file of this process."""
    return FOLDER / f"{os.getpid()}.json"


def begin() -> None:
    """Start the sampler of this process, and of those forked from it."""
    sampler = Sampler()
    gc.callbacks.append(sampler.collection)
    threading.Thread(target=sampler.run, daemon=True, name="benchrig-runtime").start()


def forget() -> None:
    """Leave no file behind."""
    with suppress(OSError):
        own_file().unlink()


if FOLDER.is_dir():
    begin()
    os.register_at_fork(after_in_child=begin)
    atexit.register(forget)
