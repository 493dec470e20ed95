"""``fab variants`` and ``fab workloads``: what can be run, and what can be asked of it."""

import itertools
import shlex

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchrig.commands import context
from benchrig.contract.spec import plain
from benchrig.report.terminal import simple_table
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.launch import Launch, launch
from benchrig.spec.locks import read_lock
from benchrig.spec.variant import Variant
from benchrig.spec.workload import Workload
from benchrig.trial.plan import APP_PORT


def variants(verbose: bool) -> None:
    """List the variants by app; with ``verbose`` the exact command line of each."""
    console = context.make_console()
    catalogue = load_catalogue(context.APPS)
    by_app = itertools.groupby(catalogue.variants.values(), key=lambda variant: variant.app)
    for app, group in by_app:
        console.print(Text(f"\n{app}", style="bold").append(f"  {catalogue.apps[app].summary}"))
        if verbose:
            _show_commands(console, catalogue, list(group))
        else:
            console.print(_variant_table(catalogue, list(group)))


def _variant_table(catalogue: Catalogue, variants: list[Variant]) -> Table:
    headers = ["variant", "server", "class or loop", ">workers", ">pool", "via", "known"]
    return simple_table(
        headers,
        [
            [
                v.name,
                v.server,
                v.worker_class or v.loop,
                _workers(v),
                f"{v.workers * v.processes} x {catalogue.worker_pool(v)}",
                v.via,
                "unsafe" if v.unsafe else ", ".join(v.known),
            ]
            for v in variants
        ],
    )


def _workers(variant: Variant) -> str:
    threads = f" x {variant.threads} threads" if variant.threads else ""
    processes = f"{variant.processes} processes" if variant.processes > 1 else ""
    return processes or f"{variant.workers}{threads}"


def _show_commands(console: Console, catalogue: Catalogue, variants: list[Variant]) -> None:
    lock = read_lock(context.APPS, variants[0].app)
    console.print(f"  lock {lock.sha256[:12]}, {len(lock.packages)} packages", highlight=False)
    for variant in variants:
        plan = launch(catalogue, variant, "ADDRESS", APP_PORT)
        line = Text(f"  {variant.name}", style="bold")
        for process in range(plan.processes):
            line.append(f"\n    {_command_line(plan, process)}", style="not bold")
        for check, reason in variant.known.items():
            line.append(f"\n    known: {check}: {reason}", style="not bold yellow")
        if variant.unsafe:
            line.append(f"\n    unsafe: {variant.unsafe}", style="not bold red")
        console.print(line, soft_wrap=True)


def _command_line(plan: Launch, process: int) -> str:
    port = str(plan.first_port + process)
    settings = [f"{key}={value}" for key, value in plan.environment.items()]
    return shlex.join([*settings, *(a.replace("{port}", port) for a in plan.argv)])


def workloads() -> None:
    """List the workloads with their paths, parameters, and the apps that offer them."""
    console = context.make_console()
    catalogue = load_catalogue(context.APPS)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 1, 0))
    for header in ("workload", "what it asks", "offered by"):
        table.add_column(header)
    for workload in catalogue.workloads.values():
        table.add_row(
            Text(workload.name, style="bold"), _asked(workload), _offered_by(catalogue, workload)
        )
    console.print(table)


def _asked(workload: Workload) -> str:
    lines = [workload.summary, f"{workload.method} {workload.path}"]
    lines += [
        f"{name}: {plain(p.default)} {p.unit}, from {plain(p.least)} to {plain(p.most)}"
        for name, p in workload.parameters.items()
    ]
    return "\n".join(lines)


def _offered_by(catalogue: Catalogue, workload: Workload) -> str:
    offering = [v for v in catalogue.variants.values() if workload.name in catalogue.offers(v)]
    counts = {
        app: [v.app for v in offering].count(app) for app in dict.fromkeys(v.app for v in offering)
    }
    return ", ".join(f"{app} ({count})" for app, count in counts.items())
