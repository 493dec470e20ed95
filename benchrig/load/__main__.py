"""``benchrig-load``: a session of load phases, with live metrics for Prometheus."""

import argparse
import sys

from prometheus_client import start_http_server

from benchrig.host.lines import Lines
from benchrig.load.metrics import LiveMetrics, registry_of
from benchrig.load.session import Session


def main() -> int:
    """Serve until the control node ends the session or is gone."""
    parser = argparse.ArgumentParser(prog="benchrig-load", description=__doc__)
    parser.add_argument("--address", required=True, help="where Prometheus may ask")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    metrics = LiveMetrics()
    start_http_server(options.port, options.address, registry=registry_of(metrics))
    Session(Lines(), metrics).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
