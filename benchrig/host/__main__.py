"""``benchrig-host COMMAND``: the host-side programs behind one name."""

import argparse
import importlib
import sys

COMMANDS = ("faulty", "hold", "launch", "peer", "sample", "session")  # each a module


def main() -> int:
    """Run one command; each module adds its own and its options.

    Only the asked one is imported: an app's start waits for `launch`, and the others take longer to
    import than all it does.
    """
    parser = argparse.ArgumentParser(prog="benchrig-host", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    asked = [name for name in COMMANDS if name in sys.argv[1:2]]
    for name in asked or COMMANDS:
        importlib.import_module(f"benchrig.host.{name}").add_command(commands)
    options = parser.parse_args()
    result: int = options.run(options)
    return result


if __name__ == "__main__":
    sys.exit(main())
