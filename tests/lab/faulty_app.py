"""Apps for an app server that break the contract in one way each: ``faulty_app.py NAME HOST PORT``.

Standard library only: it runs under the host's Python, beside the installed benchrig package.
"""

import sys
from http.server import ThreadingHTTPServer

from tests.fake_app import FakeApp

CROWD = 32  # more connections than the checks before a load open at a time


class Server(ThreadingHTTPServer):
    """Counts the connections that are open."""

    request_queue_size = 1024
    daemon_threads = True
    connections = 0


class Right(FakeApp):
    """Breaks nothing."""


class WrongUnderLoad(FakeApp):
    """Answers wrongly while many are connected, and rightly to whoever looks without a load."""

    server: Server

    def handle(self) -> None:
        """Count this connection while it is open."""
        self.server.connections += 1
        try:
            super().handle()
        finally:
            self.server.connections -= 1

    def json(self, query: dict[str, str]) -> None:
        """Another message in a crowd."""
        if self.server.connections > CROWD:
            self.document({"message": "Goodbye, World!"})
        else:
            super().json(query)


class IgnoresBody(FakeApp):
    """Takes the query's number for the body's."""

    def echo(self, query: dict[str, str], body: bytes) -> None:
        """Never looks at the body."""
        self.document({"query": int(query["number"]), "body": int(query["number"])})


APPS = {app.__name__: app for app in (Right, WrongUnderLoad, IgnoresBody)}

if __name__ == "__main__":
    name, host, port = sys.argv[1:]
    Server((host, int(port)), APPS[name]).serve_forever()
