"""``fab verify``: the whole contract of one variant or of all, without load."""

from dataclasses import dataclass

from benchrig.commands import context
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.remote.rig import Rig
from benchrig.report.verified import show_verified
from benchrig.report.verified_page import write_page
from benchrig.spec.catalogue import Catalogue, load_catalogue
from benchrig.spec.variant import Variant
from benchrig.trial.plan import Level, TrialPlan, plan_trial
from benchrig.trial.verify_variant import verify_variant

PAGE = context.PROJECT / "docs" / "verified.md"
DATA = PAGE.with_suffix(".json")
NO_LOAD = Level(1, 1, duration_seconds=0, warmup_seconds=0, primer_seconds=0)


@dataclass(frozen=True)
class VerifyOptions:
    """The task's options as typed; empty means not said."""

    variant: str
    workload: str
    everything: bool
    fast: bool
    document: bool


def verify(options: VerifyOptions) -> int:
    """Check and tell; the exit code says whether anything failed that is not known to."""
    console = context.make_console()
    catalogue = load_catalogue(context.APPS)
    chosen = check_options(catalogue, options)
    hosts = context.inventory()
    plans = [_plans(catalogue, hosts, variant, options.workload) for variant in chosen]
    found = []
    with Rig(hosts) as rig:
        for of_variant in plans:
            verified = verify_variant(rig, of_variant, full=not options.fast)
            show_verified(console, verified)
            found.append(verified)
            if options.document:
                write_page(PAGE, DATA, catalogue, verified)
    if options.document:
        console.print(f"written to {PAGE}", highlight=False, soft_wrap=True)
    bad = [v.variant for v in found if v.failures or v.fault]
    told = f"{len(found) - len(bad)} of {len(found)} variants keep the contract"
    console.print(f"{told}; these do not: {', '.join(bad)}" if bad else told, highlight=False)
    return context.NOT_VALID if bad else 0


def check_options(catalogue: Catalogue, options: VerifyOptions) -> list[Variant]:
    """The variants that are meant.

    Raises:
        BenchrigError: none or too many are named, an unknown name, or a workload not offered.
    """
    if options.everything == bool(options.variant):
        raise BenchrigError(
            "one variant or all of them is wanted",
            where="fab verify",
            way_out="say --variant NAME, or --all",
        )
    if options.document and (options.workload or options.fast):
        raise BenchrigError(
            "the document is about the whole contract",
            where="--document",
            way_out="leave out --workload and --fast",
        )
    if options.variant:
        variant = context.chosen_variant(catalogue, options.variant)
        if options.workload:
            catalogue.workload(variant, options.workload)
        return [variant]
    wanted = [
        v
        for v in catalogue.variants.values()
        if not options.workload or options.workload in catalogue.offers(v)
    ]
    if not wanted:
        raise BenchrigError(
            f"no variant offers '{options.workload}'",
            where="--workload",
            way_out="`fab workloads` lists them",
        )
    return wanted


def _plans(
    catalogue: Catalogue, hosts: Inventory, variant: Variant, workload: str
) -> list[TrialPlan]:
    names = [workload] if workload else catalogue.offers(variant)
    return [
        plan_trial(catalogue, hosts, variant, catalogue.workloads[n], NO_LOAD, via=variant.via)
        for n in names
    ]
