"""Running the box's own commands: output captured, a failure told with its last lines."""

import subprocess
from collections.abc import Mapping, Sequence

from benchrig.errors import BenchrigError


def run(
    argv: Sequence[str],
    *,
    input_text: str | None = None,
    environment: Mapping[str, str] | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run one command of the box to its end.

    Raises:
        BenchrigError: the command is missing or, with ``check``, exits non-zero.
    """
    try:
        done = subprocess.run(
            argv,
            input=input_text,
            stdin=subprocess.DEVNULL if input_text is None else None,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BenchrigError(
            f"the command '{argv[0]}' is not installed",
            way_out="install systemd-container, mmdebstrap, nftables and openssh-client",
        ) from error
    if check and done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise BenchrigError(f"'{' '.join(argv)}' exited {done.returncode}:\n{tail}")
    return done
