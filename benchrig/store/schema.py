"""JSON Schemas of the stored files, made from the types that read and write them.

    python -m benchrig.store.schema

writes them to ``docs/schema``; a test tells when they are not up to date.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from benchrig.store.ceilings import CALIBRATION
from benchrig.store.derived import DERIVED
from benchrig.store.run import ENVIRONMENT, FINISHED, RAW, SCHEMA, SPEC
from benchrig.store.telemetry import ADAPTER as TELEMETRY

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[str, TypeAdapter[Any]] = {
    "run.json": SPEC,
    "environment.json": ENVIRONMENT,
    "trials/NNN/raw.json": RAW,
    "trials/NNN/telemetry.json": TELEMETRY,  # packed with gzip
    "finished.json": FINISHED,
    "derived.json": DERIVED,
    "calibration/drivers.json": CALIBRATION,
}


def schemas() -> dict[str, str]:
    """File name in ``docs/schema`` to its text."""
    return {
        f"{Path(name).stem}.schema.json": _text(name, adapter) for name, adapter in FILES.items()
    }


def _text(name: str, adapter: TypeAdapter[Any]) -> str:
    schema = adapter.json_schema(mode="serialization")
    about = {"$schema": DIALECT, "title": f"{name} of a stored run, schema {SCHEMA}"}
    return json.dumps(schema | about, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
