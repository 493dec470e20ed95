"""``benchrig-host COMMAND``: the host-side programs behind one name."""

import argparse
import sys

from benchrig.host import faulty, health, hold, launch, peer, sample, session


def main() -> int:
    """Run one command; each module adds its own and its options."""
    parser = argparse.ArgumentParser(prog="benchrig-host", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for module in (faulty, health, hold, launch, peer, sample, session):
        module.add_command(commands)
    options = parser.parse_args()
    result: int = options.run(options)
    return result


if __name__ == "__main__":
    sys.exit(main())
