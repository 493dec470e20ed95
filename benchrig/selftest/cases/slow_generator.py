"""The load generator's core is taken by others."""

from benchrig.selftest.case import Case, Injection, shell

# Autogroups (sched(7)) share a core out by session, so that nice alone would not do.
HOG = (
    "echo -16 > /proc/self/autogroup 2>/dev/null || true; "
    "exec nice -n -16 sh -c 'while :; do :; done'"
)

CASE = Case(
    name="slow-generator",
    kind="injected",
    summary="the driver gets a small part of its core",
    expects=frozenset({"load-generator"}),
    workload="plaintext",
    connections=128,
    seconds=3.0,
    injections=(
        Injection(
            group="load_generators",
            at="load",
            do=(("systemd-run", "--quiet", "--collect", "--unit=benchrig-hog", *shell(HOG)),),
            undo=(("systemctl", "stop", "benchrig-hog.service"),),
        ),
    ),
)
