"""``fab bundle``, ``fab import`` and ``fab export``: runs that leave, and figures that arrive."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchrig.commands import context
from benchrig.commands.places import export_place, write_out
from benchrig.errors import BenchrigError, nearest
from benchrig.figures import figures
from benchrig.report import rows, techempower
from benchrig.store import foreign
from benchrig.store.bundle import pack, unpack
from benchrig.store.derived import derived_of, rejudge
from benchrig.store.read import BYTES_MAX
from benchrig.store.run import find_run, read_run
from benchrig.units import parse_count

GZIP = b"\x1f\x8b"
SUFFIXES = {"csv": "csv", "openmetrics": "om", "parquet": "parquet", "techempower": "results.json"}


@dataclass(frozen=True)
class ImportOptions:
    """The task's options as typed; empty means not said."""

    file: str
    tool: str
    label: str
    workload: str
    connections: str


def bundle(name: str, output: str) -> None:
    """Write one run as one file."""
    console = context.make_console()
    path = find_run(context.results_directory(), name)
    place = export_place(output, f"{path.name}.benchrig.tar.gz")
    pack(path, place)
    size = place.stat().st_size / 2**20
    console.print(f"written: {place}, {size:.1f} MiB", highlight=False, soft_wrap=True)


def import_(options: ImportOptions) -> None:
    """Store a bundle, or what another tool measured."""
    console = context.make_console()
    file, results = Path(options.file), context.results_directory()
    if not file.is_file():
        raise BenchrigError("there is no such file", where=options.file)
    with file.open("rb") as opened:
        is_bundle = opened.read(2) == GZIP
    path = unpack(file, results) if is_bundle else _foreign(file, results, options)
    judged = rejudge(path)
    count = f"{len(judged.trials)} trials"
    console.print(f"stored {count} in {path}", highlight=False, soft_wrap=True)
    console.print(f"look: fab report {path.name}", highlight=False, soft_wrap=True)


def _foreign(file: Path, results: Path, options: ImportOptions) -> Path:
    if file.stat().st_size > BYTES_MAX:
        raise BenchrigError(f"is larger than {BYTES_MAX // 2**20} MiB", where=str(file))
    tool = options.tool or foreign.recognise(file.read_text(errors="replace"))
    if tool not in foreign.NAMES:
        fault = f"'{tool}' is no tool whose results are known" if tool else "nothing known is in it"
        known = ", ".join(foreign.NAMES)
        raise BenchrigError(fault, where=str(file), way_out=f"say --tool with one of {known}")
    connections = options.connections
    about = foreign.Foreign(
        tool,
        options.label or file.stem,
        options.workload or "unknown",
        parse_count(connections, "--connections", 1_000_000) if connections else 0,
    )
    return foreign.store(file, results, about)


def export(name: str, form: str, output: str) -> None:
    """Write one run in another tool's form."""
    console = context.make_console()
    if form not in SUFFIXES:
        raise BenchrigError(
            f"'{form}' is unknown", where="--format", way_out=nearest(form, SUFFIXES)
        )
    path = find_run(context.results_directory(), name)
    place = export_place(output, f"{path.name}.{SUFFIXES[form]}")
    if form == "techempower":
        _techempower(console, path, place)
    else:
        _rows(path, place, form)
    console.print(f"written: {place}", highlight=False, soft_wrap=True)


def _rows(path: Path, place: Path, form: str) -> None:
    table = [rows.row(path.name, trial) for trial in derived_of(path).trials]
    if form == "parquet":
        write_out(place, rows.to_parquet(table))
        return
    text = rows.to_csv(table) if form == "csv" else rows.to_openmetrics(table)
    write_out(place, text.encode())


def _techempower(console: Console, path: Path, place: Path) -> None:
    run = read_run(path)
    latencies = {
        number: client.latency
        for number, raw in run.numbered.items()
        if (client := figures(raw).client)
    }
    made = techempower.export(run.spec, run.environment, derived_of(path).trials, latencies)
    write_out(place, made.text.encode())
    for text in made.left_out:
        console.print(f"left out: {text}", highlight=False, soft_wrap=True, markup=False)
