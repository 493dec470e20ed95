"""The selftest's outcome in the terminal: each case, what was said, and the share that is right."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console

from benchrig.report.terminal import simple_table
from benchrig.selftest.trial import NOT_RUN, Outcome

TITLES = {"injected": "bottlenecks named right", "clean": "clean runs blamed on nothing wrong"}
TITLES |= {"bad": "bad results refused"}


def show_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the table of confusions, what went wrong, and the shares."""
    headers = ["case", "put in", ">trials", ">right", "said instead"]
    console.print(simple_table(headers, _rows(outcomes)))
    for wrong in (o for o in outcomes if not o.right):
        text = f"{wrong.case}: said {wrong.said}: {wrong.why}"
        console.print(text, highlight=False, soft_wrap=True, style="yellow")
    for line in shares(outcomes):
        console.print(line, highlight=False, style="bold")


def shares(outcomes: Sequence[Outcome]) -> list[str]:
    """The share of each kind that is right, of the trials that ran; and how many did not."""
    lines = []
    for kind, title in TITLES.items():
        ran = [o for o in outcomes if o.kind == kind and o.said != NOT_RUN]
        calm = [o for o in ran if not o.disturbed]
        if ran:
            line = f"{title}: {_share(ran)}"
            line += f"; of those that others did not disturb {_share(calm)}" if calm != ran else ""
            lines.append(line)
    failed = sum(o.said == NOT_RUN for o in outcomes)
    return [*lines, *([f"trials that did not run: {failed}"] if failed else [])]


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


def _share(outcomes: Sequence[Outcome]) -> str:
    right, count = sum(o.right for o in outcomes), len(outcomes)
    return f"{right} of {count}" + (f" ({right / count:.1%})" if count else "")
