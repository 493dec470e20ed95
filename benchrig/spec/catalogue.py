"""The catalogue: variants, servers, apps and workloads, checked against each other."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from benchrig.errors import BenchrigError, nearest
from benchrig.spec.app import App, Entry, load_apps
from benchrig.spec.crosscheck import app_mistakes, server_mistakes, variant_mistakes
from benchrig.spec.server import Server
from benchrig.spec.variant import SETTINGS, Variant
from benchrig.spec.workload import Workload, find_workload, load_workloads
from benchrig.spec.yaml_file import mistake, parse_entries, raise_mistakes, read_mapping

VARIANT = TypeAdapter(Variant)


@dataclass(frozen=True)
class Catalogue:
    """Everything the rig can run and ask."""

    variants: dict[str, Variant]
    servers: dict[str, Server]
    apps: dict[str, App]
    workloads: dict[str, Workload]

    def variant(self, name: str) -> Variant:
        """The variant of that name.

        Raises:
            BenchrigError: there is none; the nearest name is suggested.
        """
        if name not in self.variants:
            raise BenchrigError(
                f"'{name}' is unknown", where="variants.yml", way_out=nearest(name, self.variants)
            )
        return self.variants[name]

    def entry(self, variant: Variant) -> Entry:
        """The way into the variant's app."""
        app = self.apps[variant.app]
        return app.entries[variant.entry or app.only_entry]

    def worker_pool(self, variant: Variant) -> int:
        """Connections to PostgreSQL of one worker: its share, but no more than it can use."""
        if variant.pool_size:
            return variant.pool_size
        share = max(1, variant.database_connections // (variant.workers * variant.processes))
        return min(share, self.answers_at_once(variant) or share)

    def answers_at_once(self, variant: Variant) -> int:
        """Requests that one worker answers at a time; 0 for as many as come."""
        entry = self.entry(variant)
        if entry.at_once:
            return entry.at_once
        at_once = self.servers[variant.server].workers_answer(variant.worker_class)
        if at_once is None or entry.interface != "wsgi":
            return 0
        return variant.threads if at_once == "threads" else at_once

    def offers(self, variant: Variant) -> list[str]:
        """Names of the workloads that the variant answers."""
        alone = variant.workers * variant.processes == 1
        return [
            name
            for name in self.entry(variant).offers
            if alone or not self.workloads[name].single_process
        ]

    def workload(self, variant: Variant, name: str) -> Workload:
        """One workload, which the variant must offer.

        Raises:
            BenchrigError: no such workload, or not of this variant.
        """
        workload = find_workload(self.workloads, name)
        offered = self.offers(variant)
        if name in offered:
            return workload
        if name in self.entry(variant).offers:
            raise BenchrigError(
                f"'{name}' keeps its state in the memory of one process",
                where=f"variant '{variant.name}'",
                way_out="use --workers 1",
            )
        raise BenchrigError(
            f"the app '{variant.app}' does not offer '{name}'",
            where=f"variant '{variant.name}'",
            way_out=f"it offers {', '.join(offered)}",
        )

    def override(self, variant: Variant, settings: Mapping[str, str | int]) -> Variant:
        """The variant with other settings for one run.

        Raises:
            BenchrigError: no such setting, not a value of it, or not one of the variant's server.
        """
        where = f"variant '{variant.name}'"
        unknown = sorted(settings.keys() - set(SETTINGS))
        if unknown:
            way_out = nearest(unknown[0], SETTINGS)
            raise BenchrigError(f"'{unknown[0]}' is no setting", where=where, way_out=way_out)
        try:
            changed = VARIANT.validate_python({**asdict(variant), **settings})
        except ValidationError as error:
            raise BenchrigError(mistake(error.errors()[0]), where=where) from error
        mistakes = variant_mistakes(changed, self.servers, self.apps)
        if mistakes:
            way_out = "choose another value, or leave the option out"
            raise BenchrigError(mistakes[0], where=where, way_out=way_out)
        return _with_known(changed, self.servers[changed.server], self.entry(changed))

    def changed(self, variant: Variant) -> dict[str, str | int]:
        """Settings in which a variant is not as the catalogue has it, by name."""
        ours = self.variants.get(variant.name)
        names = [
            name for name in SETTINGS if ours and getattr(variant, name) != getattr(ours, name)
        ]
        return {name: getattr(variant, name) for name in names}


def load_catalogue(apps: Path) -> Catalogue:
    """Read ``servers.yml``, ``workloads.yml``, ``variants.yml`` and each ``app.yml``.

    Raises:
        BenchrigError: every mistake of a file at once.
    """
    path = apps / "servers.yml"
    servers, mistakes = parse_entries(Server, read_mapping(path))
    raise_mistakes(mistakes + server_mistakes(servers), path.name)
    workloads = load_workloads(apps)
    found = load_apps(apps)
    for app in found.values():
        raise_mistakes(app_mistakes(app, apps / app.name, workloads), f"{app.name}/app.yml")
    path = apps / "variants.yml"
    variants, mistakes = parse_entries(Variant, read_mapping(path))
    for variant in variants.values():
        faults = variant_mistakes(variant, servers, found)
        mistakes += [f"{variant.name}: {fault}" for fault in faults]
    raise_mistakes(mistakes, path.name)
    catalogue = Catalogue(variants, servers, found, workloads)
    complete = {
        name: _with_known(variant, servers[variant.server], catalogue.entry(variant))
        for name, variant in variants.items()
    }
    return replace(catalogue, variants=complete)


def _with_known(variant: Variant, server: Server, entry: Entry) -> Variant:
    """The variant with what its server and its app are known for beside its own."""
    known = {**server.known_of(variant.worker_class), **entry.known, **variant.known}
    return replace(variant, known=known, unsafe=variant.unsafe or entry.unsafe)
