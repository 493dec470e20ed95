"""All samples that Prometheus has of a time, and their text in the OpenMetrics format.

The text goes back into any Prometheus: ``promtool tsdb create-blocks-from openmetrics``.
"""

import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

CHUNK_SECONDS = 120.0  # one answer holds so much, so that memory stays small on both sides
EVERYTHING = '{__name__=~".+"}'
NAME = "__name__"
LabelSet = tuple[tuple[str, str], ...]
Ask = Callable[[str, dict[str, Any]], Any]


@dataclass
class Samples:
    """Every series of some time, in Prometheus' clock.

    Attributes:
        series: name and labels of a series to its (moment, value as Prometheus wrote it).
    """

    series: dict[tuple[str, LabelSet], list[tuple[float, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def named(self, name: str) -> Iterator[tuple[dict[str, str], list[tuple[float, float]]]]:
        """Labels and numbers of all series of one name."""
        for (own, labels), values in self.series.items():
            if own == name:
                yield dict(labels), [(t, float(v)) for t, v in values]


def results_of(answer: Any) -> list[dict[str, Any]]:
    """What Prometheus found.

    Raises:
        OSError: it says why it has nothing to say.
    """
    if answer.get("status") != "success":
        raise OSError(f"Prometheus says: {answer.get('error', answer)}")
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def fetch(ask: Ask, begin: float, end: float) -> Samples:
    """Everything between two moments of Prometheus' clock, as it was scraped and recorded.

    Args:
        ask: asks Prometheus' HTTP API: path and query to the parsed answer.
        begin: exclusive.
        end: inclusive.

    Raises:
        OSError: no answer.
    """
    found = Samples()
    while begin < end:
        until = min(end, begin + CHUNK_SECONDS)
        # A range selector gives the stored samples themselves; query_range would interpolate.
        query = f"{EVERYTHING}[{round((until - begin) * 1000)}ms]"
        answer = ask("query", {"query": query, "time": f"{until:.3f}"})
        for result in results_of(answer):
            labels = dict(result["metric"])
            key = labels.pop(NAME), tuple(sorted(labels.items()))
            kept = found.series[key]
            kept += [(t, v) for t, v in result["values"] if not kept or t > kept[-1][0]]
        begin = until
    return found


def openmetrics(samples: Samples) -> bytes:
    """The samples in the OpenMetrics text format, compressed with gzip."""
    text = "".join(_lines(sorted(samples.series.items())))
    return gzip.compress((text + "# EOF\n").encode(), mtime=0)


def _lines(
    series: Iterable[tuple[tuple[str, LabelSet], list[tuple[float, str]]]],
) -> Iterator[str]:
    for (name, labels), values in series:
        shown = ",".join(f'{key}="{_escaped(value)}"' for key, value in labels)
        head = f"{name}{{{shown}}}" if shown else name
        for moment, value in values:
            yield f"{head} {value} {moment:.3f}\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
