"""The tables of a report: cells beside each other, trials that do not count, what a trial cost."""

from collections.abc import Iterable, Mapping, Sequence

from benchrig.report.cells import Cell, Sweep, counted_in
from benchrig.report.document import Table
from benchrig.store.summary import TrialSummary
from benchrig.tiers import TIERS
from benchrig.trial.environment import Environment
from benchrig.units import format_bytes, format_count, format_seconds

NONE = "-"
SERVING = ("app_servers", "nginx", "postgres")
SHOWN_QUANTILES = (0.5, 0.99, 0.999)
GRADES = ("invalid", "suspect", "valid", "theirs")  # the worst first
NAMED = 2  # cells that are told by name where several have the same reason


def cell_table(cells: Sequence[Cell], environment: Environment | None) -> Table:
    """What each cell did and what it cost: medians over the trials that count."""
    quantiles = (f">p{q * 100:g}" for q in SHOWN_QUANTILES)
    what = counted_in(cells)
    headers = (
        "cell", ">trials", f">{what}/s", ">lowest to highest", *quantiles,
        ">errors", f">app CPU/{what[:-1]}", f">{what} per CPU s", ">app memory", "grade",
    )  # fmt: skip
    price = _price(environment)
    priced = (">price of a million requests",) if price else ()
    of_all = "; the price is that of all app, proxy and database hosts" if price else ""
    rows = tuple(_cell_row(cell, price) for cell in cells)
    caption = "Medians over the trials that count; latencies of all their requests together; "
    caption += f"{what} per CPU s: of app, proxy and database together{of_all}"
    return _without_empty(Table(caption, headers + priced, rows))


def _without_empty(table: Table) -> Table:
    """The table without columns in which nothing is told."""
    kept = [i for i in range(len(table.headers)) if {row[i] for row in table.rows} != {NONE}]
    rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
    return Table(table.caption, tuple(table.headers[i] for i in kept), rows)


def _cell_row(cell: Cell, price: float) -> tuple[str, ...]:
    rates = cell.values("requests_per_second")
    rate, cpu, chain = (cell.median(n) for n in ("requests_per_second", "app_cpu", "chain"))
    memory, errors = cell.median("app_memory"), sum(cell.values("errors"))
    row = (
        cell.name,
        f"{len(rates)} of {len(cell.trials)}",
        _count(rate),
        f"{_count(min(rates))} to {_count(max(rates))}" if len(rates) > 1 else NONE,
        *(_seconds(cell.quantile_seconds(q)) for q in SHOWN_QUANTILES),
        f"{errors:,.0f}",
        _seconds(cpu),
        _count(chain),
        format_bytes(memory) if memory else NONE,
        worst_grade(cell.trials),
    )
    return (*row, f"{price / 3600 / rate * 1e6:.4f}" if rate else NONE) if price else row


def worst_grade(trials: Iterable[TrialSummary]) -> str:
    """The worst grade of several trials."""
    grades = {trial.grade for trial in trials}
    return next((g for g in GRADES if g in grades), NONE)


def reason_table(trials: Iterable[TrialSummary]) -> Table:
    """Every trial that is not simply valid, and why."""
    found: dict[tuple[str, str], list[TrialSummary]] = {}
    for trial in trials:
        for reason in trial.reasons:
            found.setdefault((reason.grade, reason.text), []).append(trial)
    order = sorted(found, key=lambda key: (GRADES.index(key[0]), found[key][0].trial))
    rows = tuple((_spans(t.trial for t in found[k]), _cells(found[k]), *k) for k in order)
    return Table(
        "Valid trials are never averaged with others; what is only to be known stands last",
        ("trials", "cell", "grade", "why"),
        rows,
    )


def _cells(trials: Sequence[TrialSummary]) -> str:
    names = list(dict.fromkeys(trial.cell for trial in trials))
    return ", ".join(names) if len(names) <= NAMED else f"{len(names)} cells"


def _spans(numbers: Iterable[int]) -> str:
    """Numbers with runs of them together: 1-3, 7."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][-1] + 1:
            spans[-1] = [spans[-1][0], number]
        else:
            spans.append([number])
    return ", ".join("-".join(str(end) for end in span) for span in spans)


def tier_table(trial: TrialSummary) -> Table:
    """What one trial cost, tier by tier."""
    headers = (
        "tier",
        ">CPU cores",
        ">of",
        ">busiest process",
        ">memory (PSS)",
        ">requests per CPU s",
    )
    rows = tuple(
        (
            tier.title,
            f"{told.cpu_cores:.2f}",
            str(told.cpus),
            f"{told.busiest_cores:.2f}",
            format_bytes(told.memory_bytes),
            _count(told.requests_per_cpu_second) if told.cpu_cores >= 0.01 else NONE,
        )
        for tier in TIERS
        if (told := trial.tiers.get(tier.name))
    )
    return Table("", headers, rows)


def sweep_table(sweep: Sweep) -> Table:
    """One sweep's points."""
    what = counted_in(cell for _, cell in sweep.points)
    headers = (
        f">{sweep.parameter}",
        f">{what}/s",
        ">p50",
        ">p99",
        f">app CPU/{what[:-1]}",
        "grade",
    )
    rows = tuple(
        (
            f"{value:g}",
            _count(cell.median("requests_per_second")),
            _seconds(cell.quantile_seconds(0.5)),
            _seconds(cell.quantile_seconds(0.99)),
            _seconds(cell.median("app_cpu")),
            worst_grade(cell.trials),
        )
        for value, cell in sweep.points
    )
    return Table(f"{sweep.variant}, {sweep.title}", headers, rows)


def latency_table(cells: Sequence[Cell], quantiles: Sequence[float]) -> Table:
    """Latencies of all requests of each cell; those that its sample carries."""
    headers = ("cell", *(f">p{q * 100:g}" for q in quantiles))
    rows = tuple((c.name, *(_seconds(c.quantile_seconds(q)) for q in quantiles)) for c in cells)
    return _without_empty(Table("", headers, rows))


def against_table(ours: Sequence[Cell], theirs: Sequence[Cell]) -> Table:
    """The cells that two runs have in common."""
    before: Mapping[str, Cell] = {cell.name: cell for cell in theirs}
    rows = []
    for cell in ours:
        now = cell.median("requests_per_second")
        then = before[cell.name].median("requests_per_second") if cell.name in before else None
        ratio = f"{now / then:.3f}" if now and then else NONE
        rows.append((cell.name, _count(then), _count(now), ratio))
    headers = ("cell", ">requests/s there", ">requests/s here", ">ratio")
    return Table(
        "Medians; `fab gate` tells whether a difference is beyond the noise", headers, tuple(rows)
    )


def _price(environment: Environment | None) -> float:
    """What the hosts that serve cost in an hour; 0 unless the inventory prices every one."""
    hosts = environment.hosts.values() if environment else ()
    serving = [h.price_per_hour for h in hosts if set(h.groups) & set(SERVING)]
    return sum(serving) if serving and all(serving) else 0.0


def _count(value: float | None) -> str:
    return NONE if value is None else format_count(value)


def _seconds(value: float | None) -> str:
    return NONE if value is None else format_seconds(value)
