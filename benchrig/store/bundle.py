"""A run as one file, that another rig can read, judge again and replay.

A gzip-compressed tar: ``bundle.json`` first, which lists every file with its size and SHA-256, then
the files themselves. The same record gives the same bytes. What is read in is held against the
list: nothing but plain files, by names that lead nowhere else, no larger than they may be.
"""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import TypeAdapter, ValidationError

from benchrig.errors import BenchrigError
from benchrig.store.atomic import require_space, whole_folder, write_synced
from benchrig.store.derived import FILE as DERIVED_FILE
from benchrig.store.read import BYTES_MAX
from benchrig.store.run import SCHEMA, read_run, read_spec, safe_name

MANIFEST = "bundle.json"
BUNDLE_SCHEMA = 1
FILES_MAX = 200_000
TOTAL_BYTES_MAX = 8 * 2**30
DEPTH_MAX = 6
REPORTS = (".html", ".md")
SPOILT = "ask for the bundle again"


@dataclass(frozen=True)
class Packed:
    """One file of a bundle."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a bundle holds, by path."""

    bundle: int
    run_id: str
    files: dict[str, Packed]


MANIFEST_TYPE = TypeAdapter(Manifest)


def pack(path: Path, output: Path) -> None:
    """Write a run's bundle.

    Raises:
        BenchrigError: the run can not be read; a bundle of it would be worth nothing.
    """
    read_run(path)
    files = {str(p.relative_to(path)): p for p in _record_files(path)}
    listed = {name: Packed(p.stat().st_size, _sha256(p)) for name, p in files.items()}
    manifest = Manifest(BUNDLE_SCHEMA, read_spec(path).run_id, listed)
    partial = output.with_name(f".{output.name}.partial")
    try:
        with (
            partial.open("wb") as raw,
            gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
        ):
            _add(archive, MANIFEST, MANIFEST_TYPE.dump_json(manifest))
            for name, place in files.items():
                _add(archive, name, place.read_bytes())
        partial.rename(output)
    except OSError as error:
        raise BenchrigError(f"can not be written: {error.strerror}", where=str(output)) from error
    finally:
        partial.unlink(missing_ok=True)


def unpack(file: Path, results: Path) -> Path:
    """Store a bundle's run; it appears when all of it is there and is what the list says.

    Raises:
        BenchrigError: no bundle, damaged, hostile, too large, or a run of that name is here.
    """
    try:
        with gzip.open(file) as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
            members = iter(archive)
            manifest = _manifest(archive, next(members, None), file)
            require_space(results, sum(p.bytes for p in manifest.files.values()) * 2)
            final = results / safe_name(manifest.run_id, str(file))
            with whole_folder(final) as folder:
                _extract(archive, members, manifest, folder, file)
                _check_record(folder, manifest, file)
            return final
    except (OSError, EOFError, tarfile.TarError) as error:
        raise BenchrigError(
            f"is no bundle, or cut short: {error}", where=str(file), way_out=SPOILT
        ) from error


def _record_files(path: Path) -> Iterator[Path]:
    """Files of the record, derived data last so that they are the newest where they arrive."""
    found = [p for p in path.rglob("*") if p.is_file() and not p.is_symlink()]
    kept = [p for p in found if not any(part.startswith(".") for part in p.relative_to(path).parts)]
    kept = [p for p in kept if not (p.parent == path and p.suffix in REPORTS)]
    return iter(sorted(kept, key=lambda p: (p.name == DERIVED_FILE, str(p.relative_to(path)))))


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o644
    archive.addfile(member, io.BytesIO(content))


def _manifest(archive: tarfile.TarFile, member: tarfile.TarInfo | None, file: Path) -> Manifest:
    if member is None or member.name != MANIFEST or not member.isfile():
        raise BenchrigError(f"is no bundle: it does not begin with {MANIFEST}", where=str(file))
    content = _content(archive, member, file)
    try:
        manifest: Manifest = MANIFEST_TYPE.validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
        raise BenchrigError(f"its {MANIFEST} is damaged: {fault}", where=str(file)) from error
    if manifest.bundle > BUNDLE_SCHEMA:
        raise BenchrigError(
            f"is a bundle of schema {manifest.bundle}, this benchrig knows up to {BUNDLE_SCHEMA}",
            where=str(file),
            way_out="update benchrig",
        )
    if len(manifest.files) > FILES_MAX:
        raise BenchrigError(f"holds more than {FILES_MAX:,} files", where=str(file))
    if sum(max(p.bytes, 0) for p in manifest.files.values()) > TOTAL_BYTES_MAX:
        raise BenchrigError(f"holds more than {TOTAL_BYTES_MAX // 2**30} GiB", where=str(file))
    return manifest


def _extract(
    archive: tarfile.TarFile,
    members: Iterator[tarfile.TarInfo],
    manifest: Manifest,
    folder: Path,
    file: Path,
) -> None:
    missing = dict(manifest.files)
    for member in members:
        if not member.isfile():
            raise BenchrigError(f"{member.name[:80]!r} is no plain file", where=str(file))
        place = folder / _safe_path(member.name, file)
        expected = missing.pop(member.name, None)
        if expected is None:
            raise BenchrigError(f"{member.name[:80]!r} is not on its list", where=str(file))
        if member.size != expected.bytes:
            raise BenchrigError(f"{member.name} is not of the size listed", where=str(file))
        content = _content(archive, member, file)
        if hashlib.sha256(content).hexdigest() != expected.sha256:
            raise BenchrigError(f"{member.name} is damaged", where=str(file), way_out=SPOILT)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_synced(place, content)
    if missing:
        raise BenchrigError(f"{len(missing)} files are missing", where=str(file), way_out=SPOILT)


def _check_record(folder: Path, manifest: Manifest, file: Path) -> None:
    (folder / "trials").mkdir(exist_ok=True)
    run = read_run(folder)
    if run.spec.run_id != manifest.run_id or run.spec.schema > SCHEMA:
        raise BenchrigError("its run is another than its list says", where=str(file))


def _safe_path(name: str, file: Path) -> PurePosixPath:
    """A member's path, of which every part is a plain name."""
    parts = name.split("/")
    if len(parts) > DEPTH_MAX:
        raise BenchrigError(f"{name[:80]!r} lies too deep", where=str(file))
    return PurePosixPath(*(safe_name(part, str(file)) for part in parts))


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> bytes:
    if member.size > BYTES_MAX:
        raise BenchrigError(
            f"{member.name[:80]!r} is larger than {BYTES_MAX // 2**20} MiB", where=str(file)
        )
    extracted = archive.extractfile(member)
    return extracted.read() if extracted else b""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
