"""The catalogue as a page for people, docs/signals.md."""

from collections.abc import Iterable
from typing import get_args

from benchrig.signals.catalogue import Signal, UnitName
from benchrig.signals.series import RATE_SECONDS

PAGE = "docs/signals.md"
UNIT_NAMES = ", ".join(f"`{name}`" for name in get_args(UnitName))
HEAD = f"""\
# Signals

What the rig looks at, each thing defined once, in `benchrig/signals/catalogue/*.yml`. From an entry
come the recording rule that Prometheus evaluates each second, the panels of the
[dashboards](dashboards.md), the telemetry that is kept with a trial, and the limits that are drawn.
This page is written by `make dashboards`.

- The recorded series is called `benchrig:NAME`. Rates are means over {RATE_SECONDS:g} s.
  Its values are rounded, far finer than a plot can show (cores to 0.0001, seconds to 10 ns, rates
  to 0.01); the exporters' own samples, which are kept with the trial too, are not.
- Units are SI; a share is 0 to 1; a core is one second of CPU time in a second.
- What nobody tells has no series: unknown is not zero. A signal that should be there and is not is
  named in the trial's record, which then is suspect.
- *exporter* is where the samples come from: `load` is the load generators' own, `rig` the rig's own
  on every host (cgroups, systemd, /proc, accept queues), the others are Debian's.

## Keys of an entry

| key | meaning |
|---|---|
| `title` | what stands over a panel |
| `unit` | one of {UNIT_NAMES} |
| `job` | the exporter its samples come from |
| `by` | labels that tell its series apart |
| `expr` | PromQL over the exporters' metrics and over signals above it, as `benchrig:NAME` |
| `meaning` | what it is, for somebody who sees it for the first time |
| `bad` | what is too much, and what it means then |
| `limit` | `above` or `below`, a number in its unit |
| `when` | where it is known only sometimes, the condition |

After a change: `make dashboards`, then `ansible-playbook site.yml --tags
prometheus,grafana`. A panel that shows a new one is an entry of its own in
`dashboards/definitions` ([dashboards](dashboards.md)).

"""


def signals_page(signals: Iterable[Signal]) -> str:
    """The whole page, one table a tier of the catalogue."""
    listed = list(signals)
    groups = dict.fromkeys(signal.name.split("_")[0] for signal in listed)
    parts = [_table(g, [s for s in listed if s.name.split("_")[0] == g]) for g in groups]
    return HEAD + "\n".join(parts)


def _table(group: str, signals: list[Signal]) -> str:
    rows = "".join(_row(signal) for signal in signals)
    head = (
        "| signal | unit | by | exporter | what it is | what is bad |\n|---|---|---|---|---|---|\n"
    )
    return f"## {group}\n\n{head}{rows}"


def _row(signal: Signal) -> str:
    by = ", ".join(signal.by) or "-"
    meaning = signal.meaning + (f" (only: {signal.when})" if signal.when else "")
    cells = [f"`{signal.name}`", signal.unit, by, signal.job, meaning, signal.bad]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
