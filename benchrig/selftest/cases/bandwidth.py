"""The app server's link is slow."""

from benchrig.selftest.case import Case, Injection, shell

DEVICE = "dev=$(ip -o route get {peer} | sed 's/.* dev \\([^ ]*\\) .*/\\1/')"

CASE = Case(
    name="bandwidth",
    kind="injected",
    summary="the app server may send 8 Mbit/s; answers of 9 kB",
    expects=frozenset({"network"}),
    workload="brands",
    injections=(
        Injection(
            group="app_servers",
            at="load",
            do=(
                shell(
                    f"{DEVICE}; tc qdisc add dev $dev root tbf rate 8mbit burst 32kb latency 400ms"
                ),
            ),
            undo=(shell(f"{DEVICE}; tc qdisc del dev $dev root"),),
        ),
    ),
)
