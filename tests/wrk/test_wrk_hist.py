"""The slots of a record are those of an HdrHistogram, exactly."""

import ctypes
import random
from collections import Counter
from pathlib import Path

import pytest
from hdrh.histogram import HdrHistogram

from tests.wrk.wrk_build import Programs, shared_library
from tests.wrk.wrk_run import Line, finish, run_wrk, slots, start_wrk
from tests.wrk.wrk_servers import Server, answer, in_turn, late

HIGHEST_US = 3_600_000_000
ALL_SLOTS = 23_552


def empty() -> HdrHistogram:
    return HdrHistogram(1, HIGHEST_US, 3)


def rebuild(record: Line) -> HdrHistogram:
    """Make the histogram whose counts array a record holds in sparse form."""
    histogram = HdrHistogram(record["lowest"], record["highest"], record["significant_digits"])
    for slot, count in record["slots"]:
        histogram.record_value(histogram.get_value_from_index(slot), count)
    return histogram


def counts(histogram: HdrHistogram) -> dict[int, int]:
    return {
        slot: count
        for slot in range(histogram.counts_len)
        if (count := histogram.get_count_at_index(slot))
    }


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    library = shared_library("live_hist.c", tmp_path_factory.mktemp("hist"))
    library.hist_slot.argtypes = [ctypes.c_uint64]
    library.hist_slot.restype = ctypes.c_uint32
    return library


def test_slot_of_any_value_is_the_index_hdrhistogram_has_for_it(library: ctypes.CDLL) -> None:
    histogram = empty()
    assert histogram.counts_len == ALL_SLOTS
    edges = [2**power + step for power in range(32) for step in (-1, 0, 1)]
    rng = random.Random(7)  # noqa: S311 - which values are tried, no secret
    values = [*range(5000), *edges, *(int(10 ** rng.uniform(0, 9.55)) for _ in range(20_000))]

    for value in values:
        histogram.record_value(min(value, HIGHEST_US))

    assert counts(histogram) == Counter(library.hist_slot(value) for value in values)


def test_hdrhistogram_rebuilds_the_final_histogram_exactly(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = in_turn(*[answer()] * 30, late(0.02), late(0.3))
    final = run_wrk(programs.patched, "-t2", "-c8", "-d1s", server.url, live=live).final
    record = final["hist"]
    histogram = rebuild(record)

    assert counts(histogram) == dict(record["slots"])
    assert histogram.total_count == record["count"] == final["requests"]
    assert histogram.get_max_value() >= record["max"] >= 300_000
    assert histogram.get_lowest_equivalent_value(record["min"]) == histogram.get_min_value()
    assert histogram.get_mean_value() == pytest.approx(record["mean"], rel=0.001)
    assert HdrHistogram.decode(histogram.encode()).total_count == record["count"]


def test_merged_histograms_of_two_generators_equal_the_pooled_one(
    programs: Programs, server: Server, live: Path
) -> None:
    server.behaviour = in_turn(*[answer()] * 30, late(0.02))
    paths = [live.with_suffix(".1"), live.with_suffix(".2")]
    running = [
        start_wrk(programs.patched, ["-t1", "-c4", "-d1s", "--live", path, server.url])
        for path in paths
    ]
    records = [finish(wrk, path).final["hist"] for wrk, path in zip(running, paths, strict=True)]

    merged, pooled = empty(), empty()
    for record in records:
        merged.decode_and_add(rebuild(record).encode())
    for slot, count in (slots(records[0]["slots"]) + slots(records[1]["slots"])).items():
        pooled.record_value(pooled.get_value_from_index(slot), count)

    assert counts(merged) == counts(pooled)
    for percentile in (50, 90, 99, 99.9, 100):
        assert merged.get_value_at_percentile(percentile) == pooled.get_value_at_percentile(
            percentile
        )
