"""Ask the live server what the contract says it must answer, before any load is sent."""

import argparse
import dataclasses
import json

from benchrig.contract.client import Client
from benchrig.contract.workloads import CHECKS


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``benchrig-host verify``."""
    parser = commands.add_parser("verify", help="check a workload's answers, as JSON")
    parser.add_argument("base_url")
    parser.add_argument("workload")
    parser.add_argument("path")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print every check's outcome; the reader decides what a failure means."""
    client = Client(options.base_url)
    outcomes = [check(client, options.path) for check in CHECKS[options.workload]]
    print(json.dumps([dataclasses.asdict(outcome) for outcome in outcomes]))
    return 0
