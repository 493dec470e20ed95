"""Notes in Grafana about runs and phases; the only module that imports grafana_api.

Grafana is a view of a run and never a part of it: when it is down, or refuses, one text says so
and the run goes on. The library's raw requests are used: some of its helpers send nulls.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from grafana_api.grafana_api import GrafanaAPI, GrafanaException
from requests.exceptions import RequestException

from benchrig.errors import BenchrigError
from benchrig.remote.connection import Remote

GRAFANA_PORT = 3000
PASSWORD_FILE = ".secrets/grafana"  # noqa: S105 - where it is, not what it is
ADMIN = "admin"
TAG = "benchrig"
ANSWER_SECONDS = 2.0


@dataclass(frozen=True)
class Note:
    """Something that took time; both moments in Unix seconds."""

    text: str
    tags: tuple[str, ...]
    begin_unix: float
    end_unix: float


class Annotations:
    """Open with ``with``; what goes wrong is told once by `trouble` and ends the notes.

    Args:
        remote: an open connection to the monitoring host, through which Grafana is reached.
        address: where Grafana listens.
        password: its admin's; empty for no Grafana, and then nothing is ever noted.
        offset: the monitoring host's clock minus ours, in seconds.

    Attributes:
        trouble: why there are no more notes; empty while all is well, or without a Grafana.
    """

    def __init__(self, remote: Remote, address: str, password: str, offset: float = 0.0) -> None:
        self._remote, self._address, self._password = remote, address, password
        self._offset = offset
        self._api: GrafanaAPI | None = None
        self._open = ExitStack()
        self.trouble = ""

    def __enter__(self) -> Self:
        if not self._password:
            return self
        try:
            port = self._open.enter_context(self._remote.forward(self._address, GRAFANA_PORT))
        except (BenchrigError, OSError) as error:
            self.trouble = f"Grafana can not be reached: {error}"
        else:
            auth = (ADMIN, self._password)
            self._api = GrafanaAPI(auth, "127.0.0.1", port, timeout=ANSWER_SECONDS)
            self._api.s.trust_env = False  # a proxy for the world outside is not for the tunnel
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.close()

    def add(self, note: Note) -> None:
        """Leave one note, in Grafana's own clock; does nothing after trouble."""
        if self._api is None or self.trouble:
            return
        body = {
            "time": round((note.begin_unix + self._offset) * 1000),
            "timeEnd": round((note.end_unix + self._offset) * 1000),
            "tags": [TAG, *note.tags],
            "text": note.text,
        }
        try:
            self._api.POST("/annotations", json=body)
        except GrafanaException as error:
            self.trouble = f"Grafana refuses a note: {error.message}"
        except (RequestException, ValueError) as error:
            self.trouble = f"Grafana does not answer: {error}"


def password_of(inventory_folder: Path) -> str:
    """The admin's password; empty where no Grafana was set up for this inventory."""
    try:
        return (inventory_folder / PASSWORD_FILE).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
