"""Reading stored files: what is wrong with one is told once, with its name and the way out."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from benchrig.errors import BenchrigError

BYTES_MAX = 256 * 2**20
WAY_OUT = "import the run again, or move it out of the results folder"


def read_json(path: Path) -> Any:
    """A file's JSON.

    Raises:
        BenchrigError: missing, too large, or cut short.
    """
    return _parse(path, _content(path))


def read_record(path: Path, adapter: TypeAdapter[Any]) -> Any:
    """A file as what it should hold.

    Raises:
        BenchrigError: missing, cut short, or something else.
    """
    content = _content(path)
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        _parse(path, content)  # tells where it is cut short, when it is
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        more = f", and {len(error.errors()) - 1} more" if len(error.errors()) > 1 else ""
        raise BenchrigError(
            f"can not be read: {place}: {first['msg']}{more}", where=str(path), way_out=WAY_OUT
        ) from error


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > BYTES_MAX:
            raise BenchrigError(f"is larger than {BYTES_MAX // 2**20} MiB", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise BenchrigError(
            f"can not be read: {error.strerror}", where=str(path), way_out=WAY_OUT
        ) from error


def _parse(path: Path, content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BenchrigError(
            f"can not be read: it is cut short or no JSON ({error})",
            where=str(path),
            way_out=WAY_OUT,
        ) from error
