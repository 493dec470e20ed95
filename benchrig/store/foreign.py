"""Figures that other tools measured, stored beside ours and marked as theirs.

The file that was imported is kept to the byte; its figures are read from it again at any time.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter

from benchrig.drivers.base import LoadResult, Output
from benchrig.drivers.catalogue import find_driver
from benchrig.errors import BenchrigError
from benchrig.figures import carried_quantiles
from benchrig.store import techempower
from benchrig.store.atomic import require_space, whole_folder, write_synced, write_whole
from benchrig.store.read import BYTES_MAX, read_record
from benchrig.store.run import FINISHED, SCHEMA, SPEC, Finished, RunSpec, new_run_id
from benchrig.store.summarise import error_kinds
from benchrig.store.summary import THEIRS, ClientSummary, TrialSummary, printable

ABOUT, ORIGINAL = "foreign.json", "original.txt"
# A line that only this tool prints.
MARKS = {"wrk": " test @ ", "hey": "Response time histogram:", "ab": "This is ApacheBench"}
NAMES = (*MARKS, techempower.ORIGIN)


@dataclass(frozen=True)
class Foreign:
    """What was imported.

    Attributes:
        tool: who made the file: wrk, hey, ab or techempower.
        label: what was measured, in the words of whoever imported it.
        connections: 0 where nobody said.
    """

    tool: str
    label: str
    workload: str
    connections: int = 0


FOREIGN = TypeAdapter(Foreign)


def recognise(text: str) -> str:
    """The tool that made a file; empty when none that we know did."""
    if techempower.is_results(text):
        return techempower.ORIGIN
    return next((tool for tool, mark in MARKS.items() if mark in text), "")


def store(file: Path, results: Path, about: Foreign) -> Path:
    """Keep a file as a run of its own; it appears when its figures could be read.

    Raises:
        BenchrigError: it is larger than may be, or not what the tool writes.
    """
    if file.stat().st_size > BYTES_MAX:
        raise BenchrigError(f"is larger than {BYTES_MAX // 2**20} MiB", where=str(file))
    content = file.read_bytes()
    require_space(results, 2 * len(content))
    summaries(about, content.decode(errors="replace"), str(file))
    begin = file.stat().st_mtime if about.tool in MARKS else techempower.began(content)
    command = f"fab import {printable(file.name)}"
    spec = RunSpec(SCHEMA, new_run_id(f"{about.tool}-theirs"), begin, command, "", "", about.tool)
    final = results / spec.run_id
    with whole_folder(final) as folder:
        (folder / "trials").mkdir()
        write_synced(folder / ORIGINAL, content)
        write_synced(folder / ABOUT, FOREIGN.dump_json(about, indent=1))
        write_synced(folder / "run.json", SPEC.dump_json(spec, indent=1))
    write_whole(final / "finished.json", FINISHED.dump_json(Finished("imported", time.time())))
    return final


def summaries_of(path: Path, begin_unix: float) -> tuple[TrialSummary, ...]:
    """The figures of an imported run.

    Raises:
        BenchrigError: a file of it is missing or damaged.
    """
    about: Foreign = read_record(path / ABOUT, FOREIGN)
    try:
        text = (path / ORIGINAL).read_bytes().decode(errors="replace")
    except OSError as error:
        raise BenchrigError(
            f"can not be read: {error.strerror}", where=str(path / ORIGINAL)
        ) from error
    found = summaries(about, text, str(path / ORIGINAL))
    return tuple(replace(s, begin_unix=s.begin_unix or begin_unix) for s in found)


def summaries(about: Foreign, text: str, where: str) -> tuple[TrialSummary, ...]:
    """Every figure of a file, as trials that are theirs.

    Raises:
        BenchrigError: the file is not what the tool writes.
    """
    reader: Callable[[Foreign, str], tuple[TrialSummary, ...]] = _of_driver
    if about.tool == techempower.ORIGIN:
        reader = _of_techempower
    try:
        return reader(about, text)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise BenchrigError(
            f"is not what {about.tool} writes: {str(error)[:200]}",
            where=where,
            way_out=f"say --tool with one of {', '.join(NAMES)}",
        ) from error


def _of_techempower(_: Foreign, text: str) -> tuple[TrialSummary, ...]:
    return techempower.read(json.loads(text))


def _of_driver(about: Foreign, text: str) -> tuple[TrialSummary, ...]:
    result = find_driver(about.tool).parse(Output(text, "", {}))
    level = f"/c{about.connections}" if about.connections else ""
    label, workload = printable(about.label), printable(about.workload)
    summary = TrialSummary(
        trial=1,
        begin_unix=0.0,
        cell=f"{label}/{workload}{level}/{about.tool}",
        variant=label,
        app="",
        server="",
        workload=workload,
        via="",
        driver=about.tool,
        connections=about.connections,
        duration_seconds=result.duration_seconds,
        origin=about.tool,
        grade=THEIRS,
        client=_client(result),
    )
    return (summary,)


def _client(result: LoadResult) -> ClientSummary:
    return ClientSummary(
        result.requests,
        error_kinds(result.errors),
        result.requests / result.duration_seconds,
        result.bytes_read / result.duration_seconds,
        {f"{q:g}": seconds for q, seconds in carried_quantiles(result).items()},
        result.mean_seconds,
        result.max_seconds,
    )
