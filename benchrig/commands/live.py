"""``fab live`` and ``fab watch``: the run that is on, in a browser and in the terminal."""

import time
from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.text import Text

from benchrig.commands import context
from benchrig.grafana import GRAFANA_PORT, PASSWORD_FILE, password_of
from benchrig.inventory import Host
from benchrig.remote.connection import Remote
from benchrig.report.terminal import simple_table
from benchrig.signals.catalogue import PREFIX, find_signal, load_signals
from benchrig.trial.samples import results_of
from benchrig.trial.telemetry import PROMETHEUS_PORT
from benchrig.units import format_bytes, format_count, format_seconds, parse_seconds

PAGE = "/user/"
SSH_PORT = 22
UNKNOWN = "unknown"
CLIENT = (
    "client_requests_per_second",
    "client_error_share",
    "client_latency_p50_seconds",
    "client_latency_p99_seconds",
    "client_connections_open",
)
TIER = (
    "tier_cpu_cores",
    "tier_cpu_share",
    "tier_busiest_worker_cores",
    "tier_memory_bytes",
    "tier_cpu_seconds_per_request",
)
SUMMED = ("tier_cpu_cores", "tier_memory_bytes")
Values = dict[str, list[tuple[dict[str, str], float]]]


def live() -> None:
    """Print where the live page and Grafana are, and how to reach them from elsewhere."""
    console = context.make_console()
    host = context.inventory().one("monitoring")
    console.print(page_address(host), highlight=False, soft_wrap=True)
    folder, ports = context.inventory_folder(), [PROMETHEUS_PORT]
    if password_of(folder):
        text = f"Grafana: {grafana_address(host)} (admin, password in {folder / PASSWORD_FILE})"
        console.print(text, highlight=False, soft_wrap=True)
        ports.append(GRAFANA_PORT)
    tunnel = "" if host.port == SSH_PORT else f"-p {host.port} "
    tunnel += " ".join(f"-L {port}:{host.address}:{port}" for port in ports)
    local = f"http://localhost:{PROMETHEUS_PORT}{PAGE}"
    text = f"from elsewhere: ssh {tunnel} {host.user}@{host.ssh_host}, then {local}"
    console.print(text, style="dim", highlight=False, soft_wrap=True)


def page_address(host: Host) -> str:
    """Where the live page is, on the rig's own network."""
    return f"http://{host.address}:{PROMETHEUS_PORT}{PAGE}"


def grafana_address(host: Host, dashboard: str = "benchrig-live") -> str:
    """Where a dashboard is in Grafana, on the rig's own network."""
    return f"http://{host.address}:{GRAFANA_PORT}/d/{dashboard}"


def watch(duration: str) -> None:
    """Show the newest figures each second; a duration of 0 means until interrupted."""
    seconds = parse_seconds(duration, "--duration") if duration != "0" else float("inf")
    host = context.inventory().one("monitoring")
    remote = Remote(host)
    remote.open()
    try:
        _show(remote, host, seconds)
    except KeyboardInterrupt:
        pass  # the way to end it
    finally:
        remote.close()


def _show(remote: Remote, host: Host, seconds: float) -> None:
    console = context.make_console()
    with Live(console=console, auto_refresh=False) as shown:
        for _ in _each_second(seconds):
            try:
                view = _view(_newest(remote, host))
            except OSError as error:
                view = Group(Text(f"Prometheus on '{host.name}' does not answer: {error}", "red"))
            shown.update(view, refresh=True)


def _each_second(seconds: float) -> Iterator[None]:
    begin = time.monotonic()
    number = 0
    while number <= seconds:
        yield
        number += 1
        time.sleep(max(0.0, begin + number - time.monotonic()))


def _newest(remote: Remote, host: Host) -> Values:
    """Signal to its newest values.

    Raises:
        OSError: no answer.
    """
    names = "|".join(("phase", *CLIENT, *TIER))
    query = {"query": f'{{__name__=~"{PREFIX}({names})",replay=""}}'}
    answer = remote.http_json(host.address, PROMETHEUS_PORT, "query", query)
    found: Values = {}
    for result in results_of(answer):
        labels: dict[str, Any] = result["metric"]
        name = labels.pop("__name__").removeprefix(PREFIX)
        found.setdefault(name, []).append((labels, float(result["value"][1])))
    return found


def _view(values: Values) -> Group:
    phases = [labels for labels, _ in values.get("phase", [])]
    what = "nothing sends load"
    if phases:
        now = phases[0]
        what = f"{now['variant']}, {now['workload']}, {now['phase']}  ({now['run_id']})"
    client = simple_table(
        [f">{find_signal(name).title}" for name in CLIENT],
        [[_shown(name, values, {}) for name in CLIENT]],
    )
    tiers = sorted({labels["tier"] for labels, _ in values.get("tier_cpu_cores", [])})
    rows = [[tier, *(_shown(name, values, {"tier": tier}) for name in TIER)] for tier in tiers]
    servers = simple_table(["tier", *(f">{find_signal(name).title}" for name in TIER)], rows)
    return Group(Text(what, style="bold"), client, servers)


def _shown(signal: str, values: Values, labels: dict[str, str]) -> str:
    """A signal's value for people: of several hosts the sum, of shares and times the largest."""
    fitting = [v for own, v in values.get(signal, []) if labels.items() <= own.items()]
    if not fitting:
        return UNKNOWN
    unit = load_signals()[signal].unit
    value = sum(fitting) if signal in SUMMED else max(fitting)
    if unit == "seconds":
        return format_seconds(value)
    if unit == "bytes":
        return format_bytes(value)
    return f"{value:.1%}" if unit == "share" else format_count(value)
