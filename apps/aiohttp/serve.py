"""aiohttp's own server, on the event loop and port the command line says."""

import argparse
import asyncio
import importlib

import uvloop
from aiohttp import web

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def main() -> None:
    """Serve ``module:factory`` until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--loop", choices=LOOPS, default="asyncio")
    parser.add_argument("entry")
    options = parser.parse_args()
    module, factory = options.entry.split(":")
    web.run_app(
        getattr(importlib.import_module(module), factory)(),
        host=options.address,
        port=options.port,
        backlog=8192,
        access_log=None,
        loop=LOOPS[options.loop](),
        print=None,
    )


if __name__ == "__main__":
    main()
