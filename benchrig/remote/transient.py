"""A program of the rig on a host as a systemd unit of its own, for the length of an SSH channel."""

from collections.abc import Sequence

# A unit of that name may still be there: of the trial before, which ends this very moment, or of
# an operator whose network was cut.
ALONE = 'systemctl stop "$1" 2>/dev/null; shift; exec "$@"'


def transient(unit: str, argv: Sequence[str], *properties: str) -> list[str]:
    """The command line that runs ``argv`` in ``unit``, on the standard input and output it has.

    It runs as a user that exists for its time only. Its CPU time is the unit's own.
    """
    run = ["systemd-run", "--quiet", "--collect", "--pipe", f"--unit={unit}"]
    run += [f"--property={text}" for text in ("DynamicUser=yes", *properties)]
    return ["sh", "-c", ALONE, "sh", unit, *run, *argv]
