"""The exporter's HTTP side: one page, made when it is asked for."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def make_server(address: str, port: int, figures: Collector) -> ThreadingHTTPServer:
    """A server that answers ``/metrics`` once it is told to serve.

    Prometheus keeps its connection, which saves both sides one a second; readings take turns.
    """
    registry = CollectorRegistry()
    registry.register(figures)
    turn = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave together: apart, they would wait 40 ms for an ACK

        def do_GET(self) -> None:
            with turn:
                page = generate_latest(registry)
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """A line for each scrape would only cost."""

    return ThreadingHTTPServer((address, port), Handler)
