"""Wait until a server answers, or say who holds its port."""

import argparse
import http.client
import sys
import time
import urllib.parse


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host wait``."""
    parser = commands.add_parser(
        "wait", help="wait until every URL answers with a status below 500"
    )
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("urls", nargs="+")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the seconds it took; exit 1 and tell the last answer when time is up."""
    begin = time.monotonic()
    for url in options.urls:
        fault = ask(url)
        while fault:
            if time.monotonic() - begin > options.seconds:
                print(f"{url}: {fault}", file=sys.stderr)
                return 1
            time.sleep(0.02)
            fault = ask(url)
    print(f"{time.monotonic() - begin:.3f}")
    return 0


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
