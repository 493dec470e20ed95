"""``fab selftest``: what was put in is named and taken out again, also when it is interrupted."""

import re
import signal
import time

from tests.lab.rig import LabRig

# Those that hold whatever else the machine does.
CASES = ("bandwidth", "loop-blocked", "sync-waiting", "some-errors", "bad-shed")
UNDO_SECONDS = 30.0


def shapers(rig: LabRig) -> str:
    """Token buckets on the app server."""
    return rig.on("app", "tc qdisc show | grep tbf || true")


def test_what_was_put_in_is_named_and_taken_out(rig: LabRig) -> None:
    shown = rig.fab("selftest", "--only", ",".join(CASES), check=False).stdout
    for case in CASES:
        assert re.search(rf"^ *\d+ of \d+ {case}: .*\(right\)", shown, re.MULTILINE), shown
    assert shapers(rig) == ""
    names = (max(rig.results.glob("*selftest*")) / "selftest.json").read_text()
    assert all(f'"{case}"' in names for case in CASES)


def test_an_interrupted_selftest_leaves_nothing_behind(rig: LabRig) -> None:
    with rig.start_fab("selftest", "--only", "bandwidth") as fab:
        deadline = time.monotonic() + UNDO_SECONDS
        while not shapers(rig) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert shapers(rig)
        fab.send_signal(signal.SIGINT)
        fab.wait(UNDO_SECONDS)
    deadline = time.monotonic() + UNDO_SECONDS
    while shapers(rig) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert shapers(rig) == ""
