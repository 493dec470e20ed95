"""nginx's own totals, from its status page (ngx_http_stub_status_module)."""

import http.client
import re

STATUS_PATH = "/stub_status"
TIMEOUT_SECONDS = 2.0


def totals(port: int) -> dict[str, int] | None:
    """Connections accepted and handled, requests, and what connections do now.

    ``None`` where nginx does not answer. Asking counts as one request.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", STATUS_PATH, headers={"Connection": "close"})
        text = connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    names = ("active", "accepted", "handled", "requests", "reading", "writing", "waiting")
    return dict(zip(names, numbers, strict=True)) if len(numbers) == len(names) else None
