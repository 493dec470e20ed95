"""What entries of the catalogue say of each other must be true: mistakes as texts."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from benchrig.contract.names import CHECKS
from benchrig.errors import nearest
from benchrig.spec.app import App, Entry
from benchrig.spec.locks import LOCK
from benchrig.spec.server import Server
from benchrig.spec.variant import Variant
from benchrig.spec.workload import Workload

# What a server's command can be told; `benchrig.spec.launch` fills it in.
PLACEHOLDERS = {
    *("venv", "address", "port", "entry", "interface"),
    *("workers", "threads", "worker_class", "loop"),
}
# Workloads the contract itself asks, whatever is measured.
ALWAYS = ("plaintext", "json", "echo", "sleep")


def server_mistakes(servers: dict[str, Server]) -> list[str]:
    """What is wrong with servers: their commands, what they run, what they are known to fail."""
    mistakes = []
    for server in servers.values():
        mistakes += _command_mistakes(server)
        if not server.interfaces and not server.worker_classes:
            mistakes.append(f"{server.name}: interfaces: is missing: what kinds of app it runs")
        mistakes += _unknown_checks(server.name, server.known)
        for name, kind in server.worker_classes.items():
            mistakes += _unknown_checks(f"{server.name}: worker_classes.{name}", kind.known)
    return mistakes


def _command_mistakes(server: Server) -> list[str]:
    try:
        unknown = server.placeholders - PLACEHOLDERS
    except ValueError as error:
        return [f"{server.name}: command: {error}"]
    return [
        f"{server.name}: command: {{{name}}} is no placeholder; {nearest(name, PLACEHOLDERS)}"
        for name in sorted(unknown)
    ]


def app_mistakes(app: App, folder: Path, workloads: dict[str, Workload]) -> list[str]:
    """What is wrong with an app's entries and its folder."""
    mistakes = []
    if not (folder / LOCK).exists():
        way_out = f"`make lock LOCK=apps/{app.name}/requirements.in` writes it"
        mistakes.append(f"{LOCK} is missing in {folder}: {way_out}")
    for name, entry in app.entries.items():
        mistakes += _entry_mistakes(f"entries.{name}", entry, workloads)
    return mistakes


def variant_mistakes(
    variant: Variant, servers: dict[str, Server], apps: dict[str, App]
) -> list[str]:
    """What is wrong with a variant beside others of its kind."""
    if variant.app not in apps:
        return [f"app: '{variant.app}' has no folder; {nearest(variant.app, apps)}"]
    if variant.server not in servers:
        hint = nearest(variant.server, servers)
        return [f"server: '{variant.server}' is not in servers.yml; {hint}"]
    app, server = apps[variant.app], servers[variant.server]
    name = variant.entry or app.only_entry
    if name not in app.entries:
        given = f"'{variant.entry}' is not in {app.name}/app.yml" if variant.entry else "is missing"
        return [f"entry: {given}; {nearest(variant.entry, app.entries)}"]
    return [
        *_worker_class_mistakes(variant, server),
        *_interface_mistakes(variant, server, app.entries[name]),
        *_loop_mistakes(variant, server, app.entries[name]),
        *_thread_mistakes(variant, server, app.entries[name]),
        *_unused_options(variant, server),
        *_told_twice(variant, server),
        *_unknown_checks("", variant.known),
        *_process_mistakes(variant),
    ]


def _entry_mistakes(where: str, entry: Entry, workloads: dict[str, Workload]) -> list[str]:
    mistakes = [
        f"{where}.offers: '{name}' is not in workloads.yml; {nearest(name, workloads)}"
        for name in entry.offers
        if name not in workloads
    ]
    mistakes += [
        f"{where}.offers: '{name}' is missing: the contract asks it of every app"
        for name in ALWAYS
        if name not in entry.offers
    ]
    return mistakes + _unknown_checks(where, entry.known)


def _unknown_checks(where: str, known: Iterable[str]) -> list[str]:
    prefix = f"{where}: " if where else ""
    return [
        f"{prefix}known: '{name}' is no check; {nearest(name, CHECKS)}"
        for name in known
        if name not in CHECKS
    ]


def _worker_class_mistakes(variant: Variant, server: Server) -> list[str]:
    if not server.worker_classes or variant.worker_class in server.worker_classes:
        return []
    given = f"'{variant.worker_class}' is none of {server.name}'s"
    hint = nearest(variant.worker_class, server.worker_classes)
    return [f"worker_class: {given if variant.worker_class else 'is missing'}; {hint}"]


def _interface_mistakes(variant: Variant, server: Server, entry: Entry) -> list[str]:
    runs = server.runs(variant.worker_class)
    if entry.interface in runs or not runs:
        return []
    kind = f" with {variant.worker_class}" if variant.worker_class else ""
    return [
        f"server: {server.name}{kind} runs {' and '.join(runs)}, "
        f"the app '{variant.app}' is {entry.interface}"
    ]


def _loop_mistakes(variant: Variant, server: Server, entry: Entry) -> list[str]:
    if not server.loops or (entry.interface == "wsgi" and not variant.loop):
        return []
    if variant.loop in server.loops:
        return []
    given = f"'{variant.loop}' is none of {server.name}'s" if variant.loop else "is missing"
    return [f"loop: {given}; {nearest(variant.loop, server.loops)}"]


def _thread_mistakes(variant: Variant, server: Server, entry: Entry) -> list[str]:
    threaded = server.workers_answer(variant.worker_class) == "threads"
    if threaded and entry.interface == "wsgi" and not variant.threads:
        return ["threads: is missing: one worker answers as many requests at a time"]
    if variant.threads and server.worker_classes and not threaded:
        return [f"threads: {variant.threads}: a {variant.worker_class} worker has none"]
    return []


def _unused_options(variant: Variant, server: Server) -> list[str]:
    options = {"worker_class": "", "loop": "", "workers": 1, "threads": 0}
    values = asdict(variant)
    return [
        f"{key}: {values[key]!r}: the server '{server.name}' takes no such setting"
        for key, default in options.items()
        if values[key] != default and key not in server.placeholders
    ]


def _told_twice(variant: Variant, server: Server) -> list[str]:
    """What the command says by a key of the variant, and the variant's own additions say again."""
    filled = {a.partition("=")[0] for a in server.command if a.startswith("--") and "={" in a}
    mistakes = [
        f"arguments: {argument!r}: the rig sets {option} itself, by the variant's keys"
        for argument in variant.arguments
        if (option := argument.partition("=")[0]) in filled
    ]
    if "POOL_SIZE" in variant.environment:
        mistakes.append("environment: POOL_SIZE: the rig sets it, by pool_size")
    return mistakes


def _process_mistakes(variant: Variant) -> list[str]:
    if variant.processes > 1 and variant.via == "direct":
        return ["via: several processes have a port each: use via: nginx"]
    return []
