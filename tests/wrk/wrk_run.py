"""Runs wrk and reads what it wrote."""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Line = dict[str, Any]
PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Outcome:
    """One finished run of wrk."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    lines: list[Line] = field(default_factory=list)

    @property
    def start(self) -> Line:
        return self.lines[0]

    @property
    def final(self) -> Line:
        return self.lines[-1]

    @property
    def ticks(self) -> list[Line]:
        return [line for line in self.lines if line["type"] == "tick"]


def read_lines(path: Path) -> list[Line]:
    text = path.read_text()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def start_wrk(program: Path, options: Sequence[object]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [str(program), *(str(option) for option in options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(wrk: "subprocess.Popen[str]", live: Path | None = None) -> Outcome:
    began = time.monotonic()
    stdout, stderr = wrk.communicate(timeout=PATIENCE_SECONDS)
    seconds = time.monotonic() - began
    lines = read_lines(live) if live is not None and live.exists() else []
    return Outcome(wrk.returncode, stdout, stderr, seconds, lines)


def run_wrk(program: Path, *options: object, live: Path | None = None) -> Outcome:
    more = ["--live", live] if live else []
    return finish(start_wrk(program, [*options, *more]), live)


def slots(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    return Counter(dict(pairs))


def summed_deltas(lines: list[Line]) -> Counter[int]:
    total: Counter[int] = Counter()
    for line in lines:
        total.update(slots(line.get("hist_delta", [])))
    return total
