"""The box's own package sources, as far as they are Debian's or a mirror's of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPONENTS = {"main", "contrib", "non-free", "non-free-firmware"}
DEBIAN_KEYS = "/usr/share/keyrings/debian-archive-"
KEY_FOLDERS = ("etc/apt/keyrings", "etc/apt/trusted.gpg.d")  # the image gets them from the box
OFF = {"no", "false", "without", "off", "disable", "0"}

FIELD = re.compile(r"^([A-Za-z-]+):(.*(?:\n[ \t].*)*)", re.MULTILINE)
LINE = re.compile(r"deb\s+(?:\[(?P<options>[^]]*)\]\s+)?\S+\s+(?P<suite>\S+)\s+(?P<rest>[^#\n]+)")


@dataclass(frozen=True)
class Entry:
    """One stanza or one line: its text, what it gives, and who signs it."""

    kind: str  # the ending of the files that hold such entries
    text: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    signed_by: str

    def of_suites(self, wanted: set[str]) -> str:
        """The entry's text with those of its suites that are wanted.

        Debian's cloud images name the backports in the stanza of the release itself.
        """
        if self.kind == "list":
            return self.text
        kept = " ".join(suite for suite in self.suites if suite in wanted)
        return FIELD.sub(
            lambda m: f"Suites: {kept}" if m[1].lower() == "suites" else m[0], self.text
        )


def apt_sources(suite: str, root: Path = Path("/")) -> dict[str, str]:
    """The box's own sources for ``suite``: ending of the file ("sources", "list") to its text.

    Other suites (backports) and other repositories are left out, the rest is verbatim: a lab
    machine starts as plain Debian. A repository of somebody else may well call its suite as Debian
    calls its release, and a mirror of Debian may have any name. What tells them apart is the key: a
    suite that an entry with Debian's own key gives is taken from such entries alone, else from
    those that name no key, else from those with a key of their own that the machines get as well.
    """
    wanted = {suite, f"{suite}-updates", f"{suite}-security", f"{suite}/updates"}
    entries = [e for e in _entries(root) if e.components and COMPONENTS.issuperset(e.components)]
    found: dict[str, list[str]] = {"sources": [], "list": []}
    for rank in range(3):
        given: set[str] = set()
        for entry in entries:
            if _rank(entry) == rank and wanted.intersection(entry.suites):
                found[entry.kind].append(entry.of_suites(wanted))
                given.update(entry.suites)
        wanted -= given
    joined = {"sources": "\n\n".join(found["sources"]), "list": "\n".join(found["list"])}
    return {kind: f"{text}\n" for kind, text in joined.items() if text}


def _rank(entry: Entry) -> int | None:
    """How surely the entry is Debian's, 0 most; None when its key would not reach the machines."""
    if "-----BEGIN" in entry.signed_by:  # the key itself
        return 2
    files = [key for key in re.split(r"[\s,]+", entry.signed_by) if key.startswith("/")]
    if not files:  # no key, or the fingerprint of one of those that apt trusts
        return 1
    if all(key.startswith(DEBIAN_KEYS) for key in files):
        return 0
    arriving = (DEBIAN_KEYS, *(f"/{folder}/" for folder in KEY_FOLDERS))
    return 2 if all(key.startswith(arriving) for key in files) else None


def _entries(root: Path) -> Iterator[Entry]:
    parts = root / "etc/apt/sources.list.d"
    for path in sorted(parts.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            yield from _stanza(stanza.strip())
    for path in [root / "etc/apt/sources.list", *sorted(parts.glob("*.list"))]:
        if path.exists():
            for line in path.read_text().splitlines():
                yield from _line(line)


def _stanza(text: str) -> Iterator[Entry]:
    fields = {name.lower(): value.strip() for name, value in FIELD.findall(text)}
    lists = {
        name: tuple(fields.get(name, "").split()) for name in ("types", "suites", "components")
    }
    if fields.get("enabled", "").lower() not in OFF and "deb" in lists["types"]:
        signed_by = fields.get("signed-by", "")
        yield Entry("sources", text, lists["suites"], lists["components"], signed_by)


def _line(text: str) -> Iterator[Entry]:
    found = LINE.match(text)
    if found:
        options = dict(re.findall(r"(\S+?)=(\S+)", found["options"] or ""))
        signed_by = options.get("signed-by", "")
        yield Entry("list", text, (found["suite"],), tuple(found["rest"].split()), signed_by)
