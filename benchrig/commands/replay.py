"""``fab replay``: stored runs put back into Prometheus, several side by side."""

import time
import urllib.parse
from collections.abc import Sequence

from benchrig.commands import context
from benchrig.commands.live import grafana_address, page_address
from benchrig.errors import BenchrigError
from benchrig.grafana import password_of
from benchrig.inventory import Host
from benchrig.remote.connection import Remote
from benchrig.store.replay import LABEL, Replayed, openmetrics, plan_replay
from benchrig.store.run import find_run, read_run
from benchrig.trial.samples import results_of
from benchrig.trial.telemetry import PROMETHEUS_PORT

DATA = "/var/lib/prometheus/metrics2"
UPLOAD = "/tmp/benchrig-replay.om"  # noqa: S108 - on the host, removed when it has been read
DAY_SECONDS = 86400
SEEN_SECONDS = 120.0  # Prometheus looks for new blocks once a minute
ASK_AGAIN_SECONDS = 2.0
AROUND_SECONDS = 5


def replay(names: str) -> None:
    """Put runs (names or parts of them, comma between) back, all measured from one moment on."""
    console = context.make_console()
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if not wanted:
        raise BenchrigError("no run is named", where="fab replay", way_out="`fab runs` lists them")
    results = context.results_directory()
    start = (time.time() // DAY_SECONDS - 1) * DAY_SECONDS  # yesterday's midnight: long settled
    planned = [plan_replay(read_run(find_run(results, name)), start) for name in wanted]
    host = context.inventory().one("monitoring")
    remote = Remote(host)
    remote.open()
    try:
        _put_back(remote, planned)
        console.print("put back; waiting until Prometheus has seen it", style="dim")
        _wait_seen(remote, host, planned)
    finally:
        remote.close()
    for text in _addresses(host, planned):
        console.print(text, highlight=False, soft_wrap=True)


def _put_back(remote: Remote, planned: Sequence[Replayed]) -> None:
    remote.put("".join(openmetrics(planned)).encode(), UPLOAD)
    try:
        argv = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", UPLOAD, DATA]
        remote.run(["runuser", "-u", "prometheus", "--", *argv])
    finally:
        remote.run(["rm", "-f", UPLOAD])


def _wait_seen(remote: Remote, host: Host, planned: Sequence[Replayed]) -> None:
    """Wait until every run can be asked for.

    Raises:
        BenchrigError: Prometheus did not take it up in time.
    """
    deadline = time.monotonic() + SEEN_SECONDS
    for one in planned:
        selector = f'count({{{LABEL}="{one.run.spec.run_id}"}})'
        moment = (one.begin_unix + one.end_unix) / 2
        while not _found(remote, host, selector, moment):
            if time.monotonic() > deadline:
                raise BenchrigError(
                    f"Prometheus does not know it after {SEEN_SECONDS:.0f} s",
                    where=f"run '{one.run.spec.run_id}', host '{host.name}'",
                    way_out="`journalctl -u prometheus` there says why",
                )
            time.sleep(ASK_AGAIN_SECONDS)


def _found(remote: Remote, host: Host, query: str, moment: float) -> bool:
    asked = {"query": query, "time": f"{moment:.3f}"}
    try:
        return bool(results_of(remote.http_json(host.address, PROMETHEUS_PORT, "query", asked)))
    except OSError:
        return False  # asked again until the deadline


def _addresses(host: Host, planned: Sequence[Replayed]) -> list[str]:
    begin = min(int(one.begin_unix) for one in planned) - AROUND_SECONDS
    end = max(int(one.end_unix) for one in planned) + AROUND_SECONDS
    page = page_address(host)
    texts = []
    for one in planned:
        query = {"replay": one.run.spec.run_id, "begin": begin, "end": end}
        texts.append(f"{one.run.spec.run_id}: {page}?{urllib.parse.urlencode(query)}")
    if len(planned) > 1:
        query = {"begin": begin, "end": end}
        query["replay"] = "|".join(one.run.spec.run_id for one in planned)
        shown = f"{page}?{urllib.parse.urlencode(query)}#benchrig-comparison"
        texts.append(f"side by side: {shown}")
    if password_of(context.inventory_folder()):
        texts.append(f"in Grafana: {_in_grafana(host, planned, begin, end)}")
    return texts


def _in_grafana(host: Host, planned: Sequence[Replayed], begin: int, end: int) -> str:
    """The comparison in Grafana, whose addresses count milliseconds."""
    query: list[tuple[str, str | int]] = [("from", begin * 1000), ("to", end * 1000)]
    query += [("var-runs", one.run.spec.run_id) for one in planned]
    return f"{grafana_address(host, 'benchrig-comparison')}?{urllib.parse.urlencode(query)}"
