"""``fab drivers``: what each load driver can and can not measure."""

from rich.table import Table
from rich.text import Text

from benchrig.commands import context
from benchrig.drivers.base import Abilities
from benchrig.drivers.catalogue import all_drivers

FLAGS = {
    "closed_loop": "closed loop",
    "open_loop": "open loop (--rate)",
    "live": "live counters",
    "duration": "--duration",
    "whole_seconds": "in whole seconds",
    "fixed_requests": "--requests",
    "pipelining": "pipelining",
    "spawn_rate": "--spawn-rate",
}


def drivers() -> None:
    """List the drivers with their abilities and blind spots."""
    console = context.make_console()
    table = Table(box=None, pad_edge=False, padding=(0, 3, 1, 0))
    for header in ("driver", "what it does", "latency", "does not see"):
        table.add_column(header)
    for driver in all_drivers().values():
        can = driver.abilities
        did = f"{driver.summary}\n{_flags(can)}"
        table.add_row(Text(driver.name, style="bold"), did, can.latency, can.blind_spots)
    console.print(table)


def _flags(can: Abilities) -> str:
    flags = [text for key, text in FLAGS.items() if getattr(can, key)]
    return ", ".join([*flags, *can.protocols])
