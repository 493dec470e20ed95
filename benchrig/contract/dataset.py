"""The rows of apps/contract/dataset.sql, computed apart: golden answers need no database."""

import functools
import hashlib

WORLD_ROWS = 10_000
ADDED_FORTUNE = "Additional fortune added at request time."
ADJECTIVES = (
    *("amber", "bold", "brisk", "calm", "clear", "cosy", "eager", "fair", "fresh", "gentle"),
    *("grand", "happy", "keen", "lively", "mellow", "noble", "quiet", "rapid", "sunny", "wild"),
)
NOUNS = (
    *("acorn", "anchor", "badger", "beacon", "birch", "canyon", "cedar", "comet", "falcon"),
    *("garden", "harbour", "island", "lantern", "meadow", "otter", "pebble", "river"),
    *("summit", "willow"),
)
FORTUNES = {
    1: "fortune: No such file or directory",
    2: "A computer scientist is someone who fixes things that aren't broken.",
    3: "After enough decimal places, nobody gives a damn.",
    4: "A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1",
    5: "A computer program does what you tell it to do, not what you want it to do.",
    6: "Emacs is a nice operating system, but I prefer UNIX. — Tom Christaensen",
    7: "Any program that runs right is obsolete.",
    8: "A list is only as strong as its weakest link. — Donald Knuth",
    9: "Feature: A bug with seniority.",
    10: "Computers make very fast, very accurate mistakes.",
    11: '<script>alert("This should not be displayed in a browser alert box.");</script>',
    12: "フレームワークのベンチマーク",
}

# What the database computes over the tables that apps read, to tell a dataset that was written to.
CHECKSUM_SQL = """
SELECT md5(
    (SELECT string_agg(id || ':' || randomnumber, ',' ORDER BY id) FROM world) || ';'
    || (SELECT string_agg(id || ':' || message, ',' ORDER BY id) FROM fortune) || ';'
    || (SELECT string_agg(brand_id || ':' || brand_name, ',' ORDER BY brand_id) FROM brand)
)
"""


def world_number(row: int) -> int:
    """The number that World holds for a row."""
    digest = hashlib.md5(str(row).encode(), usedforsecurity=False).hexdigest()
    return 1 + int(digest[:7], 16) % WORLD_ROWS


def brand_name(row: int) -> str:
    """The name of a brand."""
    return f"{ADJECTIVES[row % 20]} {NOUNS[row % 19]}"


BRANDS = {row: brand_name(row) for row in range(1, 201)}


@functools.cache
def checksum() -> str:
    """What `CHECKSUM_SQL` gives for the dataset as it was loaded."""
    world = ",".join(f"{row}:{world_number(row)}" for row in range(1, WORLD_ROWS + 1))
    fortunes = ",".join(f"{row}:{text}" for row, text in FORTUNES.items())
    brands = ",".join(f"{row}:{text}" for row, text in BRANDS.items())
    text = f"{world};{fortunes};{brands}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
