"""Upstream errors of nginx, counted in its error log: stub_status does not tell them."""

import os
from pathlib import Path

UPSTREAM = b"upstream"
READ_MAX_BYTES = 1 << 20  # a scrape reads no more; a storm is counted over the next scrapes


class ErrorLog:
    """Follows one log file from where it ends now; a file that was rotated away is read anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode, self._offset = self._identity()
        self._errors = 0

    def upstream_errors(self) -> int | None:
        """Lines that blame an upstream, since this exporter began; ``None`` without a log."""
        inode, size = self._identity()
        if inode is None:
            return None
        if inode != self._inode or size < self._offset:
            self._inode, self._offset = inode, 0
        with self._path.open("rb") as file:
            file.seek(self._offset)
            part = file.read(READ_MAX_BYTES)
        whole = part[: part.rfind(b"\n") + 1]
        self._offset += len(whole)
        self._errors += sum(UPSTREAM in line for line in whole.splitlines())
        return self._errors

    def _identity(self) -> tuple[int | None, int]:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - one call for both
        except FileNotFoundError:
            return None, 0
        return found.st_ino, found.st_size
