"""Suites and comparisons end to end: the shapes come out of real hosts."""

import re
import signal

from tests.lab.rig import LabRig


def findings(shown: str) -> dict[str, str]:
    """What each finding says, and its word."""
    return {
        says: word
        for word, says in re.findall(r"^  (not seen|seen|told|no data) +(\S.*)$", shown, re.M)
    }


def test_awaiting_scales_with_clients_and_blocking_does_not(rig: LabRig) -> None:
    shown = rig.fab("suite", "--name", "blocking-in-async", "--quick").stdout
    found = findings(shown)
    assert len(found) == 5, shown
    assert set(found.values()) == {"seen", "told"}, shown


def test_synchronous_workers_limit_and_asynchronous_ones_do_not(rig: LabRig) -> None:
    shown = rig.fab("suite", "--name", "sleep-workers", "--quick").stdout
    found = findings(shown)
    assert len(found) == 8, shown
    assert set(found.values()) == {"seen"}, shown


def test_brands_tells_what_each_request_cost(rig: LabRig) -> None:
    shown = rig.fab("suite", "--name", "brands", "--quick").stdout
    found = findings(shown)
    assert found.pop("for each second of app CPU, aiohttp answers more than Flask") == "seen", shown
    assert set(found.values()) == {"told"}, shown


def test_an_interrupted_suite_goes_on_where_it_stopped(rig: LabRig) -> None:
    with rig.start_fab("suite", "--name", "async-vs-sync", "--quick") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("  trial 1: "):  # what was told is kept; the second is under way
                running.send_signal(signal.SIGKILL)
    shown = rig.fab("suite", "--resume", "last").stdout
    assert "1 of 4 trials are there" in shown
    assert "trial 1 of 4" not in shown
    assert "trial 4 of 4" in shown
    again = rig.fab("suite", "--resume", "last").stdout
    assert "is complete; what it found:" in again


def test_a_suite_that_is_not_there_ends_before_a_host_is_touched(rig: LabRig) -> None:
    done = rig.fab("suite", "--name", "brnds", check=False)
    assert done.returncode == 2
    assert "did you mean 'brands'?" in done.stderr


def test_a_variant_against_itself_is_not_called_faster_or_slower(rig: LabRig) -> None:
    load = ("--duration", "2s", "--warmup", "1s", "--connections", "16")
    # Without a margin, six blocks that happen to agree are a finding once in 32 times.
    pair = ("--baseline", "aiohttp", "--contender", "aiohttp", "--blocks", "6", "--margin", "20%")
    measured = rig.fab("compare", *pair, *load, check=False)
    shown = measured.stdout
    assert "has no values in the measure phase" not in shown, shown
    assert "decided by CPU per request, because the hosts share one machine" in shown
    stored = rig.fab("compare", "--runs", "last", check=False)
    for done in (measured, stored):
        found = re.search(r"against .*: (tie|not enough data)", done.stdout)
        assert found, done.stdout + done.stderr
        # 3 where suspect trials left too few blocks for an interval.
        assert done.returncode in ((0,) if found.group(1) == "tie" else (0, 3)), done.stdout


def test_a_ramp_is_told_second_by_second(rig: LabRig) -> None:
    load = ("--from", "20", "--to", "200", "--duration", "6s", "--warmup", "1s")
    shown = rig.fab("ramp", "--variant", "aiohttp", *load).stdout
    seconds = re.findall(r"^ +(\d) s +\d", shown, re.M)
    assert seconds == list("012345"), shown
    assert re.search(r"^(no knee up to|knee at|beyond the knee)", shown, re.M), shown


def test_a_limit_that_not_one_request_keeps_ends_the_search(rig: LabRig) -> None:
    load = ("--p99", "20us", "--duration", "2s", "--warmup", "1s")
    done = rig.fab("capacity", "--variant", "aiohttp", *load, check=False)
    assert "trial 2 of at most 13" in done.stdout
    assert "no rate keeps p99 ≤ 20.0 µs and no error" in done.stdout, done.stdout
    assert done.returncode == 3, done.stdout
