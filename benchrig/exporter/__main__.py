"""``benchrig-exporter``: serve this host's figures until stopped."""

import argparse
import sys
from pathlib import Path

from benchrig.exporter.collector import HostFigures
from benchrig.exporter.errorlog import ErrorLog
from benchrig.exporter.runtime import RuntimeFiles
from benchrig.exporter.server import make_server
from benchrig.exporter.tiers import TierReader

RUNTIME_FOLDER = Path("/run/benchrig-runtime")


def main() -> int:
    """Read the options and serve."""
    options = _parser().parse_args()
    tiers = [
        TierReader(name, unit, threads=name in options.threads_of) for name, unit in options.tier
    ]
    figures = HostFigures(
        tiers=tiers,
        observers=options.observer,
        ports=[port for ports in options.ports for port in ports],
        error_log=ErrorLog(options.nginx_error_log) if options.nginx_error_log else None,
        runtime=RuntimeFiles(RUNTIME_FOLDER),
    )
    make_server(options.address, options.port, figures).serve_forever()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchrig-exporter", description=__doc__)
    parser.add_argument("--address", required=True, help="where Prometheus may ask")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--tier", type=_pair, action="append", default=[], help="NAME=UNIT, a tier on this host"
    )
    parser.add_argument(
        "--threads-of", action="append", default=[], help="a tier whose threads are its workers"
    )
    parser.add_argument(
        "--observer", action="append", default=[], help="a unit that measures, to tell its cost"
    )
    parser.add_argument(
        "--ports", type=_ports, action="append", default=[], help="8000 or 8000-8015"
    )
    parser.add_argument("--nginx-error-log", type=Path)
    return parser


def _pair(text: str) -> tuple[str, str]:
    name, _, unit = text.partition("=")
    return name, unit


def _ports(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    sys.exit(main())
