"""What entries of the catalogue say of each other must be true: mistakes as texts."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from benchrig.contract.names import CHECKS
from benchrig.errors import nearest
from benchrig.spec.app import App, Entry
from benchrig.spec.server import Server
from benchrig.spec.variant import Variant
from benchrig.spec.workload import Workload

# Workloads the contract itself asks, whatever is measured.
ALWAYS = ("plaintext", "json", "echo", "sleep")


def known_mistakes(servers: dict[str, Server]) -> list[str]:
    """Checks that servers and their worker classes are known to fail, but that do not exist."""
    mistakes = []
    for server in servers.values():
        mistakes += _unknown_checks(server.name, server.known)
        for name, kind in server.worker_classes.items():
            mistakes += _unknown_checks(f"{server.name}: worker_classes.{name}", kind.known)
    return mistakes


def app_mistakes(app: App, folder: Path, workloads: dict[str, Workload]) -> list[str]:
    """What is wrong with an app's entries and its folder."""
    mistakes = [
        f"{name} is missing in {folder}: `make lock` writes it"
        for name in ("requirements.txt",)
        if not (folder / name).exists()
    ]
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


def _process_mistakes(variant: Variant) -> list[str]:
    if variant.processes > 1 and variant.via == "direct":
        return ["via: several processes have a port each: use via: nginx"]
    return []
