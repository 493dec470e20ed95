"""A run's trials as rows of plain columns, for CSV, Parquet and OpenMetrics."""

import csv
import io
import json
from collections.abc import Iterable, Sequence

from benchrig.errors import BenchrigError
from benchrig.store.summary import TrialSummary
from benchrig.tiers import TIERS

Value = str | int | float | None
QUANTILES = ("0.5", "0.75", "0.9", "0.99", "0.999", "0.9999")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LABELS = ("run", "trial", "cell", "variant", "workload", "grade", "origin")
METRICS = {
    "requests_per_second": "Requests of the measure phase that were answered, per second of it.",
    "errors": "Requests of the measure phase that failed.",
    "mean_seconds": "Mean latency.",
    "max_seconds": "Highest latency.",
    "app_cpu_seconds_per_request": "CPU time of the app tier for each request.",
    "requests_per_cpu_second": "Requests per CPU second of app, proxy and database together.",
}


def row(run_id: str, trial: TrialSummary) -> dict[str, Value]:
    """One trial; every row has the same columns, in the same order."""
    client = trial.client
    told = client.quantiles_seconds if client else {}
    columns: dict[str, Value] = {
        "run": run_id,
        "trial": trial.trial,
        "begin_unix": trial.begin_unix,
        "cell": trial.cell,
        "variant": trial.variant,
        "app": trial.app,
        "server": trial.server,
        "workload": trial.workload,
        "via": trial.via,
        "driver": trial.driver,
        "connections": trial.connections,
        "workers": trial.workers,
        "rate_per_second": trial.rate_per_second,
        "duration_seconds": trial.duration_seconds,
        "parameters": json.dumps(trial.parameters, sort_keys=True),
        "origin": trial.origin,
        "grade": trial.grade,
        "reasons": "; ".join(reason.text for reason in trial.reasons),
        "requests": client.requests if client else None,
        "errors": sum(client.errors.values()) if client else None,
        "requests_per_second": trial.requests_per_second,
        "mean_seconds": client.mean_seconds if client else None,
        "max_seconds": client.max_seconds if client else None,
        "app_cpu_seconds_per_request": trial.app_cpu_seconds_per_request,
        "requests_per_cpu_second": trial.chain_requests_per_cpu_second,
    }
    columns |= {f"p{float(q) * 100:g}_seconds": told.get(q) for q in QUANTILES}
    for tier in TIERS:
        known = trial.tiers.get(tier.name)
        columns[f"{tier.name}_cpu_cores"] = known.cpu_cores if known else None
        columns[f"{tier.name}_memory_bytes"] = known.memory_bytes if known else None
    return columns


def to_csv(rows: Sequence[dict[str, Value]]) -> str:
    """RFC 4180; a text that a spreadsheet would take for a formula gets a quote before it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0] if rows else ())
    for each in rows:
        writer.writerow("" if v is None else _harmless(v) for v in each.values())
    return text.getvalue()


def to_openmetrics(rows: Iterable[dict[str, Value]]) -> str:
    """One gauge a figure, labelled with the trial, at the time the trial began."""
    kept = list(rows)
    lines = []
    for name, meaning in METRICS.items():
        metric = f"benchrig_trial_{name}"
        lines += [f"# TYPE {metric} gauge", f"# HELP {metric} {meaning}"]
        for each in kept:
            if (value := each[name]) is not None:
                labels = ",".join(f'{key}="{_label(str(each[key]))}"' for key in LABELS)
                lines.append(f"{metric}{{{labels}}} {value} {each['begin_unix']:.3f}")
    return "\n".join([*lines, "# EOF", ""])


def to_parquet(rows: Sequence[dict[str, Value]]) -> bytes:
    """One Parquet file, by pyarrow, which is 45 MB and therefore not part of the rig.

    Raises:
        BenchrigError: pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: PLC0415 - optional
        from pyarrow import parquet  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise BenchrigError(
            "Parquet is written by pyarrow, which is not installed",
            where="--format parquet",
            way_out="run `make parquet` once, or export CSV, which every reader of Parquet reads",
        ) from error
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


def _harmless(value: str | float) -> str | float:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
