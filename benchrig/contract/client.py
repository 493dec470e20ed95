"""A small HTTP client whose failures are outcomes, not exceptions."""

import http.client
import urllib.parse
from dataclasses import dataclass

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Outcome:
    """What one check found."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """Asks one server; each `get` opens a connection of its own unless one is kept."""

    def __init__(self, base_url: str) -> None:
        parts = urllib.parse.urlsplit(base_url)
        self._address = (parts.hostname or "", parts.port or 80)

    def connect(self) -> http.client.HTTPConnection:
        """A connection to keep open over several requests."""
        return http.client.HTTPConnection(*self._address, timeout=TIMEOUT_SECONDS)

    def get(self, path: str, connection: http.client.HTTPConnection | None = None) -> Answer:
        """One GET.

        Raises:
            OSError, http.client.HTTPException: no answer.
        """
        used = connection or self.connect()
        try:
            used.request("GET", path)
            response = used.getresponse()
            headers = {key.lower(): value for key, value in response.getheaders()}
            return Answer(response.status, headers, response.read())
        finally:
            if connection is None:
                used.close()
