"""Where files go that are made from stored runs, and writing them."""

from pathlib import Path

from benchrig.commands import context
from benchrig.errors import BenchrigError
from benchrig.store.atomic import write_whole

EXPORTS = "exports"


def export_place(output: str, name: str) -> Path:
    """The file to write: the one asked for, or this name beside the stored runs.

    Raises:
        BenchrigError: the folder for it can not be made.
    """
    if output:
        return Path(output).absolute()
    folder = context.results_directory().absolute() / EXPORTS
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BenchrigError(
            f"can not be written: {error.strerror}", where=str(folder), way_out="say --output FILE"
        ) from error
    return folder / name


def write_out(place: Path, content: bytes, option: str = "--output") -> None:
    """Write a file that was asked for, whole or not at all.

    Raises:
        BenchrigError: its folder is not there, or can not be written, or the disk is full.
    """
    try:
        write_whole(place, content)
    except OSError as error:
        raise BenchrigError(
            f"can not be written: {error.strerror}", where=str(place), way_out=f"say {option} FILE"
        ) from error
