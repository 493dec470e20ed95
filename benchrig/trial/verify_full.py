"""The whole contract of a running variant: with the database's own counters, memory, and a stop."""

import random
import threading
from collections.abc import Callable, Set
from concurrent.futures import Future, ThreadPoolExecutor

from benchrig.contract.dataset import WORLD_ROWS
from benchrig.contract.spec import Change, Statements
from benchrig.contract.workloads import find
from benchrig.remote.rig import Rig
from benchrig.tiers import APP
from benchrig.trial import database, service
from benchrig.trial.plan import TrialPlan
from benchrig.trial.raw import Check
from benchrig.trial.verify import ask_client, host_checks, target, with_known

CROWD = 512  # TechEmpower's number of concurrent requests
ROWS_ASKED, ROWS_CHANGED_LEAST = 500, 0.95
ROWS_AT_ONCE, UPDATES_AT_ONCE = 20, 32
# An ORM leaves out a row whose new number happens to be the old one: 1 in 10,000 on average.
UNCHANGED_MAX = 0.002
IN_FLIGHT_SECONDS = 1.0
UPLOAD_BYTES, WARM_UPLOAD_BYTES = 128 * 2**20, 4 * 2**20
GROWTH_MAX_BYTES = 24 * 2**20
MEMORY_INTERVAL_SECONDS = 0.1

JudgeOfRows = Callable[[list[str], dict[int, int], dict[int, int]], str]


def workload(rig: Rig, plan: TrialPlan, *, once: bool) -> list[Check]:
    """Every check of one workload; the dataset is whole before and after.

    Args:
        rig: the open rig.
        plan: of a variant that runs already.
        once: also those that tell of the server and not of the workload.

    Raises:
        BenchrigError: a host is gone, or PostgreSQL does not answer.
    """
    if plan.workload.tables:
        database.ensure_dataset(rig)
    checks = host_checks(rig, plan, full=True, once=once)
    own: list[Check] = []
    contract = find(plan.workload.contract)
    if contract.statements:
        own += _counted(rig, plan, contract.statements)
    if contract.change:
        own.append(_fresh_rows(rig, plan, contract.change))
    if plan.workload.writes:
        own.append(_rows_change(rig, plan))
        database.ensure_dataset(rig)
    if plan.workload.contract == "upload":
        own.append(_flat_memory(rig, plan))
    return checks + with_known(own, plan.variant.known)


def graceful_stop(rig: Rig, plan: TrialPlan) -> Check:
    """Stop the unit while a request is under way: it must be answered, and the unit end well.

    Raises:
        BenchrigError: a host is gone.
    """
    message = {"ask": "in_flight_begin", **target(rig, plan), "seconds": IN_FLIGHT_SECONDS}
    fault = ask_client(rig, message)["fault"]
    service.stop_all(rig)
    if not fault:
        fault = ask_client(rig, {"ask": "in_flight_end"})["detail"]
    ended = [service.state(rig, host, plan) for host in rig.inventory.group("app_servers")]
    bad = [state.result for state in ended if state.active == "failed"]
    if not fault and bad:
        fault = f"the unit ended as failed: {bad[0]}"
    return with_known([Check("graceful-stop", not fault, fault)], plan.variant.known)[0]


def _counted(rig: Rig, plan: TrialPlan, statements: Statements) -> list[Check]:
    database.reset_counts(rig)
    answered = ask_client(rig, {"ask": "crowd", **target(rig, plan), "requests": CROWD})
    counted = database.counts(rig, statements.table)
    fault = statements_fault(statements, counted, CROWD)
    return [Check(**answered), Check("statements", not fault, fault)]


def statements_fault(statements: Statements, counted: database.Counts, requests: int) -> str:
    """What is wrong with the database's count of so many requests' statements."""
    reads, rows = statements.reads * requests, statements.rows * requests
    if statements.cached:
        if not counted.reads:
            return f"no reads for {rows} rows: the cache was filled before anybody asked"
        fits = counted.reads < reads and counted.rows < rows
        return "" if fits else f"{counted.reads} reads for {rows} rows: nothing came from the cache"
    if (counted.reads, counted.rows) != (reads, rows):
        told = f"{counted.reads} reads of {counted.rows} rows"
        return f"{told} for {requests} requests, not {reads} of {rows}"
    writes = [each * requests for each in statements.writes]
    if not any(each * (1 - UNCHANGED_MAX) <= counted.writes <= each for each in writes):
        wanted = " or ".join(map(str, writes))
        return f"{counted.writes} writes for {requests} requests, not {wanted}"
    if any(writes) and not rows * (1 - UNCHANGED_MAX) <= counted.rows_written <= rows:
        return f"the writes changed {counted.rows_written} rows for {requests} requests, not {rows}"
    return ""


def _fresh_rows(rig: Rig, plan: TrialPlan, change: Change) -> Check:
    """What was changed in the database a moment ago is in the answers; the dataset is restored."""
    key = random.randrange(1, WORLD_ROWS)  # noqa: S311 - no secret
    database.query(rig, change.sql(key))
    answered = ask_client(rig, {"ask": "changed", **target(rig, plan), "key": key})
    database.ensure_dataset(rig)
    return Check(**answered)


def _rows_change(rig: Rig, plan: TrialPlan) -> Check:
    """A large update alone, then several at once, which must not be mixed up in the table."""
    fault = _update(rig, plan, ROWS_ASKED, 1, rows_change_fault)
    fault = fault or _update(rig, plan, ROWS_AT_ONCE, UPDATES_AT_ONCE, rows_at_once_fault)
    return Check("rows-change", not fault, fault)


def _update(rig: Rig, plan: TrialPlan, rows: int, times: int, judge: JudgeOfRows) -> str:
    before = database.world(rig)
    path = plan.workload.target({"queries": rows})
    message = {"ask": "fetch", **target(rig, plan), "path": path, "times": times}
    answer = ask_client(rig, message)
    return str(answer["fault"]) or judge(answer["bodies"], before, database.world(rig))


def rows_at_once_fault(bodies: list[str], before: dict[int, int], after: dict[int, int]) -> str:
    """What is wrong with World after updates at once: a row must hold what one answer said."""
    told: dict[int, set[int]] = {}
    for body in bodies:
        named = database.rows_of(body)
        if fault := _count_fault(named, ROWS_AT_ONCE):
            return f"of {len(bodies)} updates at once {fault}"
        for row, number in named.items():
            told.setdefault(row, set()).add(number)
    unlike = [row for row, numbers in told.items() if after[row] not in numbers]
    if unlike:
        row = unlike[0]
        numbers = " or ".join(map(str, sorted(told[row])))
        return f"after {len(bodies)} updates at once row {row} holds {after[row]}, not {numbers}"
    return _stray_fault(before, after, told.keys())


def rows_change_fault(bodies: list[str], before: dict[int, int], after: dict[int, int]) -> str:
    """What is wrong with the rows of World after an update that was answered with one body."""
    named = database.rows_of(bodies[0])
    if fault := _count_fault(named, ROWS_ASKED):
        return fault
    unlike = [row for row, number in named.items() if after[row] != number]
    if unlike:
        row = unlike[0]
        return f"row {row} holds {after[row]}, the answer said {named[row]}"
    changed = sum(before[row] != after[row] for row in named) / ROWS_ASKED
    if changed < ROWS_CHANGED_LEAST:
        return f"{changed:.1%} of the rows have another number, {ROWS_CHANGED_LEAST:.0%} must"
    return _stray_fault(before, after, named.keys())


def _count_fault(named: dict[int, int], asked: int) -> str:
    return "" if len(named) == asked else f"an answer names {len(named)} rows, not {asked}"


def _stray_fault(before: dict[int, int], after: dict[int, int], named: Set[int]) -> str:
    stray = sum(before[row] != after[row] for row in before if row not in named)
    return f"{stray} rows changed that no answer names" if stray else ""


def _flat_memory(rig: Rig, plan: TrialPlan) -> Check:
    """The app's memory while a large upload passes through, against before."""
    _upload(rig, plan, WARM_UPLOAD_BYTES)
    before = _memory_bytes(rig)
    most = before
    with ThreadPoolExecutor(1) as pool:
        passing: Future[str] = pool.submit(_upload, rig, plan, UPLOAD_BYTES)
        over = threading.Event()
        passing.add_done_callback(lambda _: over.set())
        while not over.wait(MEMORY_INTERVAL_SECONDS):
            most = max(most, _memory_bytes(rig))
    fault = passing.result()
    if not fault and most - before > GROWTH_MAX_BYTES:
        fault = f"{(most - before) >> 20} MiB more while {UPLOAD_BYTES >> 20} MiB passed through"
    return Check("flat-memory", not fault, fault)


def _upload(rig: Rig, plan: TrialPlan, count: int) -> str:
    return str(ask_client(rig, {"ask": "upload", **target(rig, plan), "bytes": count})["fault"])


def _memory_bytes(rig: Rig) -> int:
    """Proportional set size of all the app's processes, on all app servers."""
    total = 0
    for host in rig.inventory.group("app_servers"):
        unit = rig.ask(host, {"ask": "counters", "units": [APP.unit]})["units"][APP.unit]
        total += sum(process["pss_bytes"] for process in unit["processes"]) if unit else 0
    return total
