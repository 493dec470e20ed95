"""What the runtime sampler in each app process tells, where a run switched it on.

The sampler (apps/contract/runtime) replaces a small file of its own in a folder twice a second.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path

STALE_SECONDS = 3.0  # a process that has not written for so long is unknown, not idle


@dataclass(frozen=True)
class RuntimeFigures:
    """One process's figures; ``None`` or empty is what does not apply to it.

    Attributes:
        values: gauge or counter, by the last part of its metric's name.
        collections: garbage collections by generation.
    """

    values: dict[str, float]
    collections: list[int]


class RuntimeFiles:
    """The folder that samplers write to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, numbers: dict[int, int]) -> dict[int, RuntimeFigures]:
        """Worker number to figures, of those processes in ``numbers`` that told them just now."""
        found = {}
        for pid, number in numbers.items():
            try:
                told = json.loads((self._folder / f"{pid}.json").read_bytes())
            except FileNotFoundError:
                continue
            if time.time() - told.pop("unix") < STALE_SECONDS:
                collections = told.pop("gc_collections")
                found[number] = RuntimeFigures(told, collections)
        return found
