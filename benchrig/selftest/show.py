"""The selftest's outcome in the terminal: each case, what was said, and the share that is right."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console

from benchrig.report.terminal import simple_table
from benchrig.selftest.trial import Outcome

TITLES = {"injected": "bottlenecks named right", "clean": "clean runs blamed on nothing wrong"}
TITLES |= {"bad": "bad results refused"}


def show_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the table of confusions, what went wrong, and the shares."""
    headers = ["case", "put in", ">trials", ">right", "said instead"]
    console.print(simple_table(headers, _rows(outcomes)))
    for wrong in (o for o in outcomes if not o.right):
        text = f"{wrong.case}: said {wrong.said}: {wrong.why}"
        console.print(text, highlight=False, soft_wrap=True, style="yellow")
    for kind, title in TITLES.items():
        of_kind = [o for o in outcomes if o.kind == kind]
        if of_kind:
            right = sum(o.right for o in of_kind)
            share = right / len(of_kind)
            line = f"{title}: {right} of {len(of_kind)} ({share:.1%})"
            console.print(line, highlight=False, style="bold")


def _rows(outcomes: Iterable[Outcome]) -> list[list[str]]:
    cases: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        cases.setdefault(outcome.case, []).append(outcome)
    rows = []
    for name, found in cases.items():
        wrong = Counter(o.said for o in found if not o.right)
        instead = ", ".join(f"{said} {count}" for said, count in wrong.most_common())
        right = sum(o.right for o in found)
        rows.append([name, " or ".join(found[0].expects), str(len(found)), str(right), instead])
    return rows
