"""What is wrong with a command line, told as every other error of the rig, with exit code 2.

Invoke's own parser tells it in words of its own and exits with 1, and takes no other way to say it:
so its machine is replaced by one that differs in nothing else.
"""

import sys
from typing import NoReturn

from invoke.exceptions import Exit
from invoke.parser import parser

from benchrig.errors import BenchrigError, close_to

USER_ERROR = 2
HELP = "--help"
NEEDED = {
    "run": "`fab runs` lists them; a part of a name will do, and `last` is the newest",
    "against": "`fab runs` lists them; a part of a name will do",
    "file": "a bundle, TechEmpower's results.json, or what wrk, hey or ab printed",
}


class Machine(parser.ParseMachine):
    """The parser's machine, with errors of our own."""

    def complete_context(self) -> None:
        """Tell what a task can not do without."""
        missing = self.context.missing_positional_args if self.context else []
        if missing and self.initial.flags[HELP].value:
            return  # who asks for help need not know yet
        if missing:
            name = str(missing[0].name)
            self._tell(
                f"{name.upper()} is missing",
                NEEDED.get(name, f"`fab --help {self.context.name}` tells what it is"),
            )
        super().complete_context()

    def complete_flag(self) -> None:
        """Tell which option has no value."""
        flag = self.flag
        if flag and flag.takes_value and flag.raw_value is None and not flag.optional:
            way_out = f"`fab --help {self.context.name}` tells what it takes"
            self._tell(f"--{flag.name} needs a value", way_out)
        super().complete_flag()

    def handle(self, token: str) -> None:
        """Tell the options and tasks that there are not; after a task, ``--help`` is about it."""
        if token == HELP and self.context.name and self.current_state != "unknown":
            self.initial.flags[HELP].value = self.context.name
            return
        if self.current_state != "unknown" and self._unknown(token):
            there = f"`fab --help {self.context.name}` tells what it takes"
            if token.startswith("-"):
                known = [*self.context.flags, *self.initial.flags]
                self._tell(f"'{token}' is no option", close_to(token, known) or there)
            if self.context.name:
                self._tell(f"'{token}' is one word too many, or no task", there)
            hint = close_to(token, self.contexts) or "`fab --list` lists them"
            self._tell(f"'{token}' is no task", hint)
        super().handle(token)

    def _unknown(self, token: str) -> bool:
        """Whether the machine would give up at this word."""
        context = self.context
        return not (
            self.ignore_unknown
            or token in context.flags
            or token in context.inverse_flags
            or self.waiting_for_flag_value
            or context.missing_positional_args
            or token in self.contexts
            or token in self.initial.flags
        )

    def _tell(self, what: str, way_out: str) -> NoReturn:
        where = f"fab {self.context.name}" if self.context.name else "fab"
        raise Exit(f"error: {BenchrigError(what, where=where, way_out=way_out)}", code=USER_ERROR)


# The states are not inherited: its metaclass gives every class a list of its own.
Machine._class_states = parser.ParseMachine._class_states
Machine._class_transitions = parser.ParseMachine._class_transitions


def tell_mistakes_plainly() -> None:
    """Take our machine in place of Invoke's for the rest of this process.

    Invoke also keeps Python from writing what it compiled, so that every command compiled all of
    the rig again; unless the environment says so too, that is undone.
    """
    parser.ParseMachine = Machine  # type: ignore[misc]  # it is Invoke's own class
    sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)
