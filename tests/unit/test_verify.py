"""What the control node makes of the contract: counts, known failures, the report."""

import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchrig.commands.verify import VerifyOptions, check_options
from benchrig.contract.dataset import ADJECTIVES, BRANDS, FORTUNES, NOUNS, checksum, world_number
from benchrig.contract.names import CHECKS
from benchrig.contract.spec import Statements
from benchrig.contract.workloads import find
from benchrig.errors import BenchrigError
from benchrig.report.verified import show_verified
from benchrig.report.verified_page import Recorded, markdown, read_data, recorded, write_page
from benchrig.spec.catalogue import load_catalogue
from benchrig.trial.database import Counts
from benchrig.trial.diagnosis import diagnose
from benchrig.trial.raw import Check
from benchrig.trial.verify import good_enough, with_known
from benchrig.trial.verify_full import statements_fault
from benchrig.trial.verify_variant import Verified

PROJECT = Path(__file__).parents[2]
GOLDEN = PROJECT / "tests" / "golden" / "journal"
CATALOGUE = load_catalogue(PROJECT / "apps")


def statements(workload: str) -> Statements:
    """What a workload's requests must cause."""
    found = find(workload).statements
    assert found
    return found


@pytest.mark.parametrize(
    ("workload", "counted", "fault"),
    [
        ("db", Counts(512, 512, 0, 0), ""),
        ("queries", Counts(10240, 10240, 0, 0), ""),
        ("fortunes", Counts(512, 6144, 0, 0), ""),
        ("brands", Counts(512, 102400, 0, 0), ""),
        ("updates", Counts(10240, 10240, 10240, 10240), ""),
        ("updates", Counts(10240, 10240, 512, 10240), ""),
        ("updates", Counts(10240, 10240, 10237, 10237), ""),
        (
            "updates",
            Counts(10240, 10240, 10240, 512),
            "the writes changed 512 rows for 512 requests, not 10240",
        ),
        ("cached-queries", Counts(6389, 6389, 0, 0), ""),
        (
            "cached-queries",
            Counts(0, 0, 0, 0),
            "no reads for 10240 rows: the cache was filled before anybody asked",
        ),
        ("db", Counts(500, 500, 0, 0), "500 reads of 500 rows for 512 requests, not 512 of 512"),
        (
            "queries",
            Counts(512, 10240, 0, 0),
            "512 reads of 10240 rows for 512 requests, not 10240 of 10240",
        ),
        ("db", Counts(512, 512, 3, 3), "3 writes for 512 requests, not 0"),
        (
            "updates",
            Counts(10240, 10240, 9000, 9000),
            "9000 writes for 512 requests, not 10240 or 512",
        ),
        (
            "cached-queries",
            Counts(10240, 10240, 0, 0),
            "10240 reads for 10240 rows: nothing came from the cache",
        ),
    ],
)
def test_the_database_counts_what_the_app_really_asked(
    workload: str, counted: Counts, fault: str
) -> None:
    assert statements_fault(statements(workload), counted, 512) == fault


def test_what_is_known_stands_beside_the_check_and_stops_no_load() -> None:
    failed = Check("kept-alive", passed=False, detail="closes")
    known = with_known([Check("answer", passed=True), failed], {"kept-alive": "by its nature"})
    assert known == [
        Check("answer", passed=True),
        Check("kept-alive", passed=False, detail="closes", known="by its nature"),
    ]
    assert good_enough(known)
    assert not good_enough([failed])


def test_the_golden_rows_are_those_of_the_dataset() -> None:
    text = (PROJECT / "apps/contract/dataset.sql").read_text()
    arrays = [re.findall(r"'(\w+)'", part) for part in re.findall(r"ARRAY\[(.*?)\]", text, re.S)]
    assert [tuple(words) for words in arrays] == [ADJECTIVES, NOUNS]
    rows = re.findall(r"^\((\d+), '(.*)'\)[,;]$", text, re.MULTILINE)
    assert {int(row): message.replace("''", "'") for row, message in rows} == FORTUNES
    assert (BRANDS[1], BRANDS[200]) == ("bold anchor", "amber harbour")
    assert (world_number(1), world_number(10_000)) == (9348, 5528)
    assert checksum() == "74202bdbae8be2feb2789c76c814510d"


@pytest.mark.parametrize(
    ("journal", "words"),
    [
        ("wrong-password-asyncpg", "DATABASE_URL: PostgreSQL refuses the password of 'benchrig'"),
        ("wrong-password-psycopg", "DATABASE_URL: PostgreSQL refuses the password of 'benchrig'"),
        ("no-database-asyncpg", "no PostgreSQL answers"),
        ("no-database-psycopg", "no PostgreSQL answers"),
        ("missing-module", "the app's environment lacks 'httpx'"),
        ("port-in-use", "another process holds the port"),
    ],
)
def test_a_journal_is_read_as_a_person_would(journal: str, words: str) -> None:
    assert words in diagnose((GOLDEN / f"{journal}.txt").read_text())


def test_a_journal_that_says_nothing_known_is_not_guessed_at() -> None:
    assert diagnose("Segmentation fault") == ""


def test_the_documentation_lists_every_check() -> None:
    page = (PROJECT / "docs/contract.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (.*) \|$", page, re.MULTILINE))
    assert listed == CHECKS


def options(**changes: Any) -> VerifyOptions:
    """Options as typed."""
    names = ("everything", "fast", "document")
    values: dict[str, Any] = {"variant": "", "workload": "", **dict.fromkeys(names, False)}
    return VerifyOptions(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "one variant or all of them is wanted; say --variant NAME, or --all"),
        ({"variant": "quart", "everything": True}, "say --variant NAME, or --all"),
        ({"variant": "quartz"}, "--variant: no variant is called 'quartz'; did you mean"),
        ({"variant": "quart", "workload": "websocket"}, "does not offer 'websocket'"),
        ({"everything": True, "workload": "jsn"}, "no variant offers 'jsn'"),
        ({"everything": True, "fast": True, "document": True}, "leave out --workload and --fast"),
        ({"variant": "quart", "workload": "json", "document": True}, "about the whole contract"),
    ],
)
def test_options_that_make_no_sense_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(BenchrigError) as caught:
        check_options(CATALOGUE, options(**changes))
    assert message in str(caught.value)


def test_one_workload_can_be_verified_on_all_that_offer_it() -> None:
    chosen = check_options(CATALOGUE, options(everything=True, workload="websocket"))
    assert {v.app for v in chosen} == {"starlette"}


def verified() -> Verified:
    """One variant that fails one check it is known for, and passes another."""
    known = Check("kept-alive", passed=False, detail="closes", known="by its nature")
    luck = Check("pipelining", passed=True, known="by its nature")
    checks = {"json": [Check("answer", passed=True), known, luck], "db": [known]}
    stop = Check("graceful-stop", passed=True)
    return Verified("flask-sync", 0.8, 12.0, checks, stop)


def shown(found: Verified) -> str:
    """What the terminal shows."""
    console = Console(width=200, record=True)
    show_verified(console, found)
    return console.export_text()


def test_what_failed_is_told_once_with_its_reason() -> None:
    assert shown(verified()).splitlines() == [
        f"{'flask-sync':<30}3 checks pass over 2 workloads, started in 0.8 s, 12 s in all",
        "  known: kept-alive (json, db): closes [by its nature]",
        "  is known to fail, but passes: pipelining (json): passes [by its nature]",
    ]


def test_what_failed_unexpectedly_is_told_first() -> None:
    found = verified()
    found.checks["json"].append(Check("mixing", passed=False, detail="another's number"))
    assert "  fails: mixing (json): another's number" in shown(found)
    assert [check.name for _, check in found.failures] == ["mixing"]


def test_the_page_has_a_table_for_each_app_and_its_reasons() -> None:
    entry = recorded(verified())
    page = markdown(CATALOGUE, {"flask-sync": entry})
    assert "| workload | flask-sync |" in page
    assert "| json | known |" in page
    assert "| *stop* | yes |" in page
    assert f"| *day* | {entry.day} |" in page
    assert "- `flask-sync`, kept-alive: by its nature." in page
    assert "## Not verified yet" in page
    assert "`flask-sync-4`" in page.split("## Not verified yet")[1]


def test_a_check_that_nobody_knew_to_fail_is_a_no() -> None:
    entry = Recorded("2026-11-21", {"json": ["mixing"], "db": []}, [], {})
    page = markdown(CATALOGUE, {"quart": entry})
    assert "| json | **no** |" in page
    assert "| db | yes |" in page


def test_a_variant_verified_again_takes_the_place_of_what_was_found_before(tmp_path: Path) -> None:
    page, data = tmp_path / "verified.md", tmp_path / "verified.json"
    write_page(page, data, CATALOGUE, Verified("quart", fault="it did not start"))
    write_page(page, data, CATALOGUE, verified())
    write_page(page, data, CATALOGUE, Verified("quart"))
    found = read_data(data)
    assert list(found) == ["flask-sync", "quart"]
    assert (found["quart"].fault, found["flask-sync"]) == ("", recorded(verified()))
    assert page.read_text() == markdown(CATALOGUE, found)


def test_the_shipped_page_is_made_of_the_shipped_data() -> None:
    found = read_data(PROJECT / "docs/verified.json")
    assert found.keys() <= CATALOGUE.variants.keys()
    page = (PROJECT / "docs/verified.md").read_text()
    # A variant may be added before there is a rig to verify it on.
    assert tables(page) == tables(markdown(CATALOGUE, found))


def tables(page: str) -> str:
    """The page without the list of what is not verified yet."""
    return page.split("\n## Not verified yet", maxsplit=1)[0].rstrip()
