"""docs/verified.md: what the contract found of each variant, kept as data beside the page.

The data are written variant by variant, so that one variant can be verified again without all the
others, and a run that is cut short keeps what it has found.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.spec.catalogue import Catalogue
from benchrig.trial.verify_variant import Verified

PASSED, KNOWN, FAILED = "yes", "known", "**no**"
HEAD = f"""# Verified

What `fab verify --all --document` found: every variant, fresh started, put through the whole
contract of every workload it offers. `fab verify --variant NAME --document` brings one up to date.

`{PASSED}`: every check passed. `{KNOWN}`: every check passed, save for those the stack fails by its
nature, which are listed below the table. {FAILED}: something else failed.
"""


@dataclass(frozen=True)
class Recorded:
    """What was found of one variant.

    Attributes:
        day: when, as year-month-day in UTC.
        workloads: workload to the names of the checks that failed; empty where all passed.
        stop: the same for the stop with a request under way.
        known: check to reason, of those failed checks that the stack is known to fail.
        fault: why the variant could not be checked.
    """

    day: str
    workloads: dict[str, list[str]]
    stop: list[str]
    known: dict[str, str]
    fault: str = ""


DATA = TypeAdapter(dict[str, Recorded])


def recorded(verified: Verified) -> Recorded:
    """What is kept of one variant's checks, as of today."""
    return Recorded(
        time.strftime("%Y-%m-%d", time.gmtime()),
        {w: [c.name for c in checks if not c.passed] for w, checks in verified.checks.items()},
        [check.name for check in [verified.stop] if check and not check.passed],
        {check.name: check.known for _, check in verified.known_failures},
        verified.fault,
    )


def read_data(path: Path) -> dict[str, Recorded]:
    """What was found before; nothing where there is no such file."""
    return DATA.validate_json(path.read_bytes()) if path.exists() else {}


def write_page(page: Path, data: Path, catalogue: Catalogue, verified: Verified) -> None:
    """Bring the entry of one variant up to date, in the data and on the page."""
    found = read_data(data) | {verified.variant: recorded(verified)}
    kept = {name: found[name] for name in catalogue.variants if name in found}
    data.write_bytes(DATA.dump_json(kept, indent=1) + b"\n")
    page.write_text(markdown(catalogue, kept))


def markdown(catalogue: Catalogue, found: Mapping[str, Recorded]) -> str:
    """The page: one table for each app, and what is known of each variant."""
    lines = [HEAD]
    for app in catalogue.apps.values():
        of_app = {v: found[v] for v in found if catalogue.variants[v].app == app.name}
        if of_app:
            lines += [f"## {app.name}", "", f"{app.summary}.", ""]
            lines += [*_table(of_app), "", *_remarks(catalogue, of_app)]
    missing = [f"`{name}`" for name in catalogue.variants if name not in found]
    if missing:
        lines += ["## Not verified yet", "", f"{', '.join(missing)}."]
    return "\n".join(lines).rstrip() + "\n"


def _table(found: Mapping[str, Recorded]) -> list[str]:
    workloads = dict.fromkeys(w for entry in found.values() for w in entry.workloads)
    head = ["workload", *found]
    rows = [[w, *(_cell(entry, w) for entry in found.values())] for w in workloads]
    rows.append(["*stop*", *(_mark(entry, entry.stop) for entry in found.values())])
    rows.append(["*day*", *(entry.day for entry in found.values())])
    return ["| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows]]


def _cell(entry: Recorded, workload: str) -> str:
    return _mark(entry, entry.workloads[workload]) if workload in entry.workloads else ""


def _mark(entry: Recorded, failed: list[str]) -> str:
    if entry.fault or not set(failed) <= entry.known.keys():
        return FAILED
    return KNOWN if failed else PASSED


def _remarks(catalogue: Catalogue, found: Mapping[str, Recorded]) -> list[str]:
    lines = []
    for name, entry in found.items():
        if unsafe := catalogue.variants[name].unsafe:
            lines.append(f"- `{name}` must not be used: {unsafe}.")
        if entry.fault:
            lines.append(f"- `{name}` could not be checked: {entry.fault}")
        lines += [f"- `{name}`, {check}: {reason}." for check, reason in entry.known.items()]
    return [*lines, ""] if lines else []
