"""A ramp in the terminal: what was offered, answered and used, second by second, and the knee."""

from collections.abc import Callable, Sequence

from rich.console import Console

from benchrig.report.terminal import simple_table
from benchrig.stats.knee import Knee, Moment, knee
from benchrig.suite.ramp import tier_values
from benchrig.tiers import APP, NGINX, POSTGRESQL, Tier
from benchrig.trial.raw import RawTrial
from benchrig.units import format_bytes, format_count, format_seconds

ROWS = 20


def show_ramp(console: Console, raw: RawTrial, found: Sequence[Moment]) -> None:
    """The ramp as a table of about twenty seconds of it, and what came after its end."""
    ramp, bend = [m for m in found if not m.drain], knee(found)
    shown = _shown(len(ramp))
    tiers = [APP] + ([NGINX] if raw.plan.via == "nginx" else [])
    tiers += [POSTGRESQL] if raw.plan.workload.tables else []
    cores = {tier: tier_values(raw, "tier_cpu_cores", tier, ramp) for tier in tiers}
    memory = tier_values(raw, "tier_memory_bytes", APP, ramp)
    rows = [
        [
            f"{ramp[n].at_seconds - 0.5:.0f} s",
            format_count(ramp[n].offered),
            format_count(ramp[n].achieved),
            _or_dash(ramp[n].p99_seconds, format_seconds),
            *(_or_dash(cores[tier][n], "{:.2f}".format) for tier in tiers),
            _or_dash(memory[n], format_bytes),
            _place(ramp[n], bend),
        ]
        for n in shown
    ]
    headers = [">at", ">offered/s", ">achieved/s", ">p99", *map(_cores_header, tiers)]
    console.print(simple_table([*headers, ">app memory", ""], rows))
    drain = [moment for moment in found if moment.drain and moment.achieved]
    if drain:
        text = f"after the end of the ramp {len(drain)} s went by until the last late answers came"
        console.print(text, highlight=False)


def knee_text(found: Sequence[Moment]) -> str:
    """The knee in a sentence."""
    ramp, bend = [m for m in found if not m.drain], knee(found)
    if bend is None:
        return f"no knee up to {format_count(ramp[-1].offered)} requests/s"
    if not bend.offered:
        first = format_count(ramp[0].offered)
        return f"beyond the knee from the begin ({first} requests/s: {bend.reason}); lower --from"
    return f"knee at {format_count(bend.offered)} requests/s: beyond it {bend.reason}"


def _shown(count: int) -> list[int]:
    """Places of evenly spread moments, the first and the last among them."""
    if count <= ROWS:
        return list(range(count))
    return sorted({round(n * (count - 1) / (ROWS - 1)) for n in range(ROWS)})


def _place(moment: Moment, bend: Knee | None) -> str:
    return "beyond the knee" if bend and moment.offered > bend.offered else ""


def _cores_header(tier: Tier) -> str:
    return f">{tier.title} cores"


def _or_dash(value: float | None, shown: Callable[[float], str]) -> str:
    return shown(value) if value is not None else "-"
