"""Files that are there whole or not at all, also when the power fails or the disk is full."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchrig.errors import BenchrigError

WAY_OUT = "make room, or set BENCHRIG_RESULTS to another folder"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or the one before.

    Raises:
        BenchrigError: the disk is full; what was there before still is.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with _disk_full_is_told(path):
            write_synced(partial, content)
            partial.rename(path)
            sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole_folder(final: Path) -> Iterator[Path]:
    """A folder to fill, which gets its name when it is complete and vanishes when it is not.

    Raises:
        BenchrigError: the disk is full, or the name is taken.
    """
    partial = final.with_name(f".{final.name}.{os.getpid()}.partial")
    partial.mkdir()
    try:
        with _disk_full_is_told(final):
            yield partial
            for folder in [partial, *(p for p in partial.rglob("*") if p.is_dir())]:
                sync_folder(folder)
            if final.exists():
                raise BenchrigError("is stored already, and never overwritten", where=str(final))
            partial.rename(final)
            sync_folder(final.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def sync_folder(path: Path) -> None:
    """Wait until the disk has a folder's names."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hold_folder(path: Path) -> int:
    """Keep other processes from writing a folder too, until this one ends or closes what it gets.

    Raises:
        BenchrigError: somebody holds it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BenchrigError(
            "another process is writing it", where=str(path), way_out="wait until it has ended"
        ) from error
    return descriptor


def require_space(results: Path, bytes_needed: int) -> None:
    """Refuse to begin what could not be stored.

    Raises:
        BenchrigError: the file system has less room than that, or can not be written.
    """
    try:
        results.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(results).free
    except OSError as error:
        raise BenchrigError(
            f"can not be written: {error.strerror}",
            where=str(results),
            way_out="set BENCHRIG_RESULTS to another folder",
        ) from error
    if free < bytes_needed:
        raise BenchrigError(
            f"{free // 2**20} MiB are free, {bytes_needed // 2**20} may be needed",
            where=str(results),
            way_out=WAY_OUT,
        )


@contextmanager
def _disk_full_is_told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        full = "a file is larger than may be" if error.errno == errno.EFBIG else "the disk is full"
        raise BenchrigError(
            f"{full}; what was stored before is complete",
            where=str(path),
            way_out=WAY_OUT,
        ) from error
