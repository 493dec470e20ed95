"""What the contract found, for the terminal."""

import itertools
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from benchrig.trial.raw import Check
from benchrig.trial.verify_variant import Verified


def show_verified(console: Console, verified: Verified) -> None:
    """Print one variant: how many checks passed, and each that did not, once."""
    text = Text(f"{verified.variant:<30}", style="bold")
    text.append(_summary(verified), style="red" if verified.failures or verified.fault else "")
    for label, style, checks in (
        ("fails", "red", verified.failures),
        ("known", "yellow", verified.known_failures),
        ("is known to fail, but passes", "yellow", verified.surprises),
    ):
        for line in _grouped(checks):
            text.append(f"\n  {label}: {line}", style=style)
    if verified.fault:
        text.append(f"\n  {verified.fault}", style="red")
    console.print(text, soft_wrap=True)


def _summary(verified: Verified) -> str:
    if verified.fault:
        return "not checked"
    count = len(verified.checks)
    told = f"{verified.passed} checks pass over {count} workload{'s' if count > 1 else ''}"
    return f"{told}, started in {verified.start_seconds:.1f} s, {verified.seconds:.0f} s in all"


def _grouped(found: Iterable[tuple[str, Check]]) -> Iterator[str]:
    """One line for each check: where it happened, what happened first, and why if that is known."""
    ordered = sorted(found, key=lambda pair: pair[1].name)
    for name, group in itertools.groupby(ordered, key=lambda pair: pair[1].name):
        pairs = list(group)
        first = pairs[0][1]
        workloads = [workload for workload, _ in pairs if workload]
        where = f" ({', '.join(workloads)})" if 0 < len(workloads) <= 3 else ""
        where = f" ({len(workloads)} workloads)" if len(workloads) > 3 else where
        reason = f" [{first.known}]" if first.known else ""
        yield f"{name}{where}: {first.detail or 'passes'}{reason}"
