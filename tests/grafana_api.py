"""Requests to Grafana and its answers, held against ``tests/grafana/api.openapi.yml``."""

import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

API = OpenAPI.from_file_path(str(Path(__file__).parent / "grafana" / "api.openapi.yml"))


@dataclass
class Request:
    """One request, as openapi-core looks at it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    host_url: str = "http://grafana.example"
    parameters: RequestParameters = field(init=False)

    def __post_init__(self) -> None:
        """Split the address."""
        url = urllib.parse.urlsplit(self.path)
        query = ImmutableMultiDict(urllib.parse.parse_qsl(url.query))
        self.method, self.path = self.method.lower(), url.path
        self.parameters = RequestParameters(query=query, header=Headers(self.headers))

    @property
    def content_type(self) -> str:
        """Of the body."""
        return self.headers.get("Content-Type", "").split(";")[0]


@dataclass
class Response:
    """One answer, as openapi-core looks at it."""

    status_code: int
    data: bytes
    content_type: str = "application/json"
    headers: Headers = field(default_factory=Headers)


def check_request(request: Request) -> None:
    """Refuse what the API does not take.

    Raises:
        OpenAPIError: what is wrong with it.
    """
    API.validate_request(request)


def check_answer(request: Request, status: int, body: bytes) -> None:
    """Refuse what the API does not answer.

    Raises:
        OpenAPIError: what is wrong with it.
    """
    API.validate_response(request, Response(status, body))
