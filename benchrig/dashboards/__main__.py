"""``python -m benchrig.dashboards``: write every generated file."""

from pathlib import Path

from benchrig.dashboards.generate import generated

PROJECT = Path(__file__).parents[2]


def main() -> None:
    """Write the files whose text has changed, and say which."""
    for name, text in generated().items():
        path = PROJECT / name
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
