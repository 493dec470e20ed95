"""uvicorn's gunicorn worker, told to give each request context variables of its own.

Without that Flask finds the context of the request before on a kept-alive connection, and every
second request on it is answered with a 500.
"""

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker


class BridgeWorker(UvicornWorker):
    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        **UvicornWorker.CONFIG_KWARGS,
        "reset_contextvars": True,
    }
