"""The service that apps call, as a process on loopback."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchrig.contract.http import Address
from benchrig.host.health import ask

PROJECT = Path(__file__).parents[1]


@contextmanager
def serving() -> Iterator[Address]:
    """Serve while the context lasts; it must end well when told to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    argv = [sys.executable, "-m", "benchrig.host", "peer", "--address", "127.0.0.1"]
    with subprocess.Popen([*argv, "--port", str(port)], cwd=PROJECT) as process:
        while ask(f"http://127.0.0.1:{port}/received"):
            assert process.poll() is None
            time.sleep(0.01)
        yield ("127.0.0.1", port)
        process.terminate()
        assert process.wait(5) == 0
