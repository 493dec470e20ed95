"""What every command needs: the project's folders, a console, and how errors end."""

import configparser
import os
import signal
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

from invoke.exceptions import Exit
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from benchrig.errors import BenchrigError, close_to

if TYPE_CHECKING:
    from benchrig.inventory import Inventory
    from benchrig.spec.catalogue import Catalogue
    from benchrig.spec.variant import Variant

PROJECT = Path(__file__).resolve().parents[2]
APPS = PROJECT / "apps"
SUITES = PROJECT / "suites"
USER_ERROR, NOT_VALID = 2, 3
LISTED = "`fab variants` lists them"
CONTROLS = {code: "?" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
P = ParamSpec("P")


def results_directory() -> Path:
    """Where runs are stored: ``results/`` in the project, or ``BENCHRIG_RESULTS``."""
    return Path(os.environ.get("BENCHRIG_RESULTS", PROJECT / "results"))


class PlainConsole(Console):
    """A console to which text of a record is text: none of it can lead the terminal."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """What would be printed, without control characters that are not ours."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(plain_text(segment.text), segment.style)


def plain_text(text: str) -> str:
    """Text whose control characters, save for line ends and tabs, are question marks."""
    return text.translate(CONTROLS)


def make_console() -> Console:
    """The console of one command; wide where there is no terminal to fit."""
    return PlainConsole(width=None if sys.stdout.isatty() else 200)


def inventory() -> "Inventory":
    """The hosts, told at once when the lab that should carry them is down."""
    from benchrig.inventory import load_inventory  # noqa: PLC0415 - lists need no hosts

    return load_inventory(PROJECT)


def inventory_folder() -> Path:
    """The folder of the inventory in use: ``BENCHRIG_INVENTORY``, or the one ansible.cfg names."""
    settings = configparser.ConfigParser()
    settings.read(PROJECT / "ansible.cfg")
    chosen = os.environ.get("BENCHRIG_INVENTORY") or settings["defaults"]["inventory"]
    path = PROJECT / chosen
    return path if path.is_dir() else path.parent


def chosen_variant(catalogue: "Catalogue", name: str, option: str = "--variant") -> "Variant":
    """The variant that an option names.

    Raises:
        BenchrigError: none is named, or there is none of that name.
    """
    if not name:
        raise BenchrigError("no variant is named", where=option, way_out=LISTED)
    if name not in catalogue.variants:
        hint = close_to(name, catalogue.variants) or LISTED
        if name.partition(":")[0] in catalogue.variants:
            hint = "settings are options of their own here: --workers 4, --set NAME=VALUE"
        raise BenchrigError(f"no variant is called '{name}'", where=option, way_out=hint)
    return catalogue.variants[name]


def later(module: str, function: str, options: str = "") -> Callable[..., int | None]:
    """A command of this package, imported when it is called: SciPy alone takes half a second.

    Args:
        module: of this package.
        function: of the module.
        options: the module's class that takes what was typed, where the function wants one.
    """

    def called(*args: object, **named: object) -> int | None:
        home = import_module(f"benchrig.commands.{module}")
        found: Callable[..., int | None] = getattr(home, function)
        return found(getattr(home, options)(*args, **named)) if options else found(*args, **named)

    return called


def command(function: Callable[P, int | None]) -> Callable[P, None]:
    """Turn errors into one message and exit code 2, and a returned code into the exit code."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        _end_as_by_ctrl_c()
        try:
            code = function(*args, **kwargs)
        except BenchrigError as error:
            raise Exit(plain_text(f"error: {error}"), code=USER_ERROR) from error
        if code:
            raise Exit(code=code)

    return wrapped


def _end_as_by_ctrl_c() -> None:
    """Whoever ends us by a signal, or closes the terminal: apps are stopped and trials kept.

    One that is ignored, as after nohup(1), stays ignored.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
