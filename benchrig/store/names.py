"""Names of stored files and kinds of runs, apart from what reads them: lists need no more."""

DERIVED_FILE, PLAN_FILE, SELFTEST_FILE = "derived.json", "plan.json", "selftest.json"
# Searches choose their levels by what they find, a calibration measures the rig, and a self-test
# puts faults in: none of them tells how a cell does over time.
HISTORY = ("bench", "suite", "comparison", "sweep", "import")
