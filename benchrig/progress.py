"""Telling a person what goes on: a moving bar on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, ProgressColumn, Task, TextColumn
from rich.progress_bar import ProgressBar
from rich.text import Text


class _ElapsedBar(ProgressColumn):
    """A bar that fills with time; it pulses where the duration is not known."""

    def render(self, task: Task) -> ProgressBar:
        seconds = float(task.fields["seconds"])
        elapsed = task.elapsed or 0.0
        return ProgressBar(
            total=seconds or None, completed=min(seconds, elapsed), width=40, pulse=not seconds
        )


class _ElapsedText(ProgressColumn):
    """Seconds gone, of how many."""

    def render(self, task: Task) -> Text:
        seconds = float(task.fields["seconds"])
        return Text(f"{task.elapsed or 0.0:.0f} s" + (f" of {seconds:.0f} s" if seconds else ""))


class Reporter:
    """Tells of phases as they begin."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self._console = console
        self._quiet = quiet  # where there is no terminal: no line for each phase

    def note(self, text: str) -> None:
        """Say one thing."""
        self._console.print(text, highlight=False)

    @contextmanager
    def phase(self, name: str, seconds: float) -> Iterator[None]:
        """Show one phase while it lasts; ``seconds`` is what it should take, 0 when not known."""
        if not self._console.is_terminal and self._quiet:
            yield
            return
        if not self._console.is_terminal:
            stamp = time.strftime("%H:%M:%S")
            self.note(f"{stamp} {name}" + (f", {seconds:g} s" if seconds else ""))
            yield
            return
        columns = (TextColumn("{task.description:<9}"), _ElapsedBar(), _ElapsedText())
        with Progress(*columns, console=self._console, transient=True) as bar:
            bar.add_task(name, seconds=seconds, total=None)
            yield
