"""A trial and lists of things, as tables in the terminal."""

from collections.abc import Iterable

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from benchrig.figures import ClientFigures, ProcessFigures, TierFigures, TrialFigures
from benchrig.report.document import Document
from benchrig.report.simple import simple_table
from benchrig.tiers import TIERS
from benchrig.trial.raw import RawTrial
from benchrig.units import format_bytes, format_count, format_seconds
from benchrig.verdict.bottleneck import Bottleneck
from benchrig.verdict.validity import Validity

__all__ = ["show_document", "show_trial", "simple_table"]

STYLES = {"valid": "bold green", "suspect": "bold yellow", "invalid": "bold red"}
LISTED_PROCESSES = 12


def show_trial(
    console: Console,
    title: str,
    raw: RawTrial,
    figures: TrialFigures,
    validity: Validity,
    bottleneck: Bottleneck | None = None,
) -> None:
    """Print one trial: what the clients saw, what it cost, what limited it, its worth."""
    parts: list[Table | Text] = [Text(f"\n{title}", style="bold")]
    if figures.client:
        parts.append(_client_table(figures.client, raw.plan.counted))
        parts.append(_tier_table(figures))
        processes = figures.tiers["app"].processes if "app" in figures.tiers else ()
        if processes:
            parts.append(_process_table(processes[:LISTED_PROCESSES]))
    parts.append(_verdict(validity))
    if bottleneck:
        parts.append(_limit(bottleneck))
    for where, text in raw.journal.items():
        if validity.grade == "invalid" and text:
            parts.append(Text(f"journal of the app, {where}:\n{text}", style="dim"))
    console.print(Group(*parts))


def _client_table(client: ClientFigures, counted: str) -> Table:
    quantiles = sorted(client.quantiles_seconds.items())
    headers = [f">{counted}/s", ">errors", *(f">p{q * 100:g}" for q, _ in quantiles), ">max"]
    row = [format_count(client.requests_per_second), format_count(client.errors.total)]
    row += [format_seconds(value) for _, value in quantiles]
    return simple_table(headers, [[*row, format_seconds(client.max_seconds)]])


def _tier_table(figures: TrialFigures) -> Table:
    headers = ["tier", ">CPU cores", ">of", ">memory (PSS)", ">requests per CPU s"]
    rows = [_tier_row(t.title, figures.tiers[t.name]) for t in TIERS if t.name in figures.tiers]
    if figures.chain_requests_per_cpu_second:
        chain = format_count(figures.chain_requests_per_cpu_second)
        rows.append(["nginx + app + PostgreSQL", "", "", "", chain])
    return simple_table(headers, rows)


def _tier_row(title: str, tier: TierFigures) -> list[str]:
    used = f"{tier.cpu_cores:.2f}"
    per_cpu = format_count(tier.requests_per_cpu_second) if tier.cpu_cores >= 0.01 else "-"
    return [title, used, str(tier.cpus), format_bytes(tier.memory_bytes), per_cpu]


def _process_table(processes: Iterable[ProcessFigures]) -> Table:
    headers = ["app process", ">CPU cores", ">memory (PSS)", ">connections"]
    rows = [
        [
            f"{p.host} {p.pid}",
            f"{p.cpu_cores:.2f}",
            format_bytes(p.memory_bytes),
            str(p.connections),
        ]
        for p in processes
    ]
    return simple_table(headers, rows)


def _verdict(validity: Validity) -> Text:
    text = Text("  ").append(validity.grade, style=STYLES[validity.grade])
    for reason in validity.reasons:
        text.append(f"\n  - {reason.text}")
    return text


def _limit(found: Bottleneck) -> Text:
    limit, second = found.limit, found.second
    text = Text("  what limited it: ").append(limit.cause, style="bold")
    text.append(f", because {limit.because}")
    if second:
        text.append(f"\n  next: {second.cause} ({second.score:.2f}): {second.because}", style="dim")
    return text.append(f"\n  advice: {limit.advice}")


def show_document(console: Console, document: Document) -> None:
    """Print a report: its finding, notes and tables."""
    console.print(Text(f"\n{document.title}", style="bold"))
    console.print(Text(document.finding, style="bold green"), soft_wrap=True)
    if document.about:
        console.print(Text(document.about, style="dim"), soft_wrap=True)
    for note in document.notes:
        console.print(Text(note, style="yellow"), soft_wrap=True)
    for section in document.sections:
        if section.text or section.tables or section.code:
            console.print(Text(f"\n{section.title}", style="bold"))
        for text in section.text:
            console.print(Text(text), soft_wrap=True)
        for table in section.tables:
            console.print(simple_table(table.headers, table.rows))
        for line in section.code:
            console.print(Text(f"  {line}"), soft_wrap=True)
