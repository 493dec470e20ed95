"""Wait until a server answers."""

import http.client
import time
import urllib.parse
from typing import Any

POLL_SECONDS = 0.02


def wait(request: dict[str, Any]) -> dict[str, Any]:
    """Wait until every URL answers with a status below 500; when time is up tell the last fault."""
    deadline = time.monotonic() + request["seconds"]
    for url in request["urls"]:
        while fault := ask(url):
            if time.monotonic() > deadline:
                return {"fault": f"{url}: {fault}"}
            time.sleep(POLL_SECONDS)
    return {"fault": ""}


def ask(url: str) -> str:
    """What is wrong with the answer, empty when it is well."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/", headers={"Connection": "close"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return f"answers {status}" if status >= 500 else ""
