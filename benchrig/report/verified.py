"""What the contract found, for the terminal and as a page of the documentation."""

import itertools
import time
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from benchrig.spec.catalogue import Catalogue
from benchrig.trial.raw import Check
from benchrig.trial.verify_variant import Verified

PASSED, KNOWN, FAILED = "yes", "known", "**no**"


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


def markdown(catalogue: Catalogue, found: list[Verified]) -> str:
    """The page: one table for each app, and what is known of each variant."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    lines = [
        "# Verified",
        "",
        f"What `fab verify --all --document` found on {day}: every variant, fresh",
        "started, put through the whole contract of every workload it offers.",
        "",
        f"`{PASSED}`: every check passed. `{KNOWN}`: every check passed, save for those the stack",
        f"fails by its nature, which are listed below the table. {FAILED}: something else failed.",
        "",
    ]
    by_name = {verified.variant: verified for verified in found}
    for app in catalogue.apps.values():
        names = [v.name for v in catalogue.variants.values() if v.app == app.name]
        if names:
            lines += [f"## {app.name}", "", f"{app.summary}.", ""]
            lines += _table([by_name[name] for name in names if name in by_name])
            lines += _known(catalogue, [by_name[name] for name in names if name in by_name])
    return "\n".join(lines).rstrip() + "\n"


def _table(found: list[Verified]) -> list[str]:
    workloads = list(dict.fromkeys(w for verified in found for w in verified.checks))
    head = ["workload", *(verified.variant for verified in found)]
    rows = [[w, *(_cell(verified, w) for verified in found)] for w in workloads]
    rows.append(["*stop*", *(_stop_cell(verified) for verified in found)])
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def _cell(verified: Verified, workload: str) -> str:
    return _mark(verified.checks.get(workload, []))


def _stop_cell(verified: Verified) -> str:
    return _mark([verified.stop] if verified.stop else [])


def _mark(checks: list[Check]) -> str:
    if not checks:
        return ""
    if any(not check.passed and not check.known for check in checks):
        return FAILED
    return PASSED if all(check.passed for check in checks) else KNOWN


def _known(catalogue: Catalogue, found: list[Verified]) -> list[str]:
    lines = []
    for verified in found:
        variant = catalogue.variants[verified.variant]
        failed = dict.fromkeys(check.name for _, check in verified.known_failures)
        if variant.unsafe:
            lines.append(f"- `{variant.name}` must not be used: {variant.unsafe}.")
        lines += [f"- `{variant.name}`, {name}: {variant.known[name]}." for name in failed]
    return [*lines, ""] if lines else []
