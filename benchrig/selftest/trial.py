"""One case: planned, run with its injections, judged."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from benchrig.figures import figures
from benchrig.inventory import Inventory
from benchrig.remote.rig import HOST_PROGRAM, Rig
from benchrig.selftest.case import Case
from benchrig.selftest.inject import Injector
from benchrig.spec.catalogue import Catalogue
from benchrig.spec.launch import Launch
from benchrig.trial.generators import threads_for
from benchrig.trial.plan import Level, TrialPlan, plan_trial
from benchrig.trial.raw import RawTrial
from benchrig.trial.runner import Progress, run_trial
from benchrig.verdict.bottleneck import UNKNOWN, Bottleneck, find_bottleneck
from benchrig.verdict.facts import Facts
from benchrig.verdict.gather import gather
from benchrig.verdict.validity import Validity, judge

REFUSED, NOT_RUN = "refused", "did not run"
DISTURBED = 0.4
# Who shares the app's CPU moves such a limit lower, and makes it no other one.
OF_THE_APPS_CPU = {"app-cpu", "app-one-worker", "accept-imbalance", "errors"}
WARMUP_SECONDS = 1.0
# What the faulty server can not do as the contract wants, and need not.
KNOWN = dict.fromkeys(("mixing", "pipelining"), "a small server that drops bodies")


@dataclass(frozen=True)
class Outcome:
    """What the rig said of one case.

    Attributes:
        said: the cause, or ``refused`` for a bad result that was graded invalid.
        why: its evidence, or the reasons.
        kept_from_cpu: share of the time in which others on the machine had a CPU that what was put
            in needs free: above `DISTURBED` they limit the trial, and not what was put in.
    """

    case: str
    kind: str
    expects: tuple[str, ...]
    said: str
    why: str
    kept_from_cpu: float = 0.0

    @property
    def disturbed(self) -> bool:
        """Whether others kept the app or the driver from its CPU for most of the time."""
        return self.kept_from_cpu > DISTURBED

    @property
    def right(self) -> bool:
        """Whether that is what was put in."""
        return self.said in self.expects


def plan_case(case: Case, catalogue: Catalogue, inventory: Inventory, cpus: int) -> TrialPlan:
    """The case as a plan of a trial.

    Raises:
        BenchrigError: the catalogue does not know its variant, workload or settings.
    """
    settings = dict(case.settings)
    if case.processes > 1:
        settings["processes"] = case.processes
    variant = catalogue.variant(case.variant)
    if case.faulty:
        known = {**variant.known, **KNOWN}
        variant = replace(variant, known=known, processes=case.processes)
    else:
        variant = catalogue.override(variant, settings)
    generators = len(inventory.group("load_generators"))
    level = Level(
        connections=case.connections,
        threads=threads_for(case.driver, case.connections, generators, cpus),
        duration_seconds=case.seconds,
        warmup_seconds=WARMUP_SECONDS,
        primer_seconds=0.0,
        rate_per_second=case.rate_per_second,
        parameters=dict(case.parameters),
    )
    workload = catalogue.workload(catalogue.variant(case.variant), case.workload)
    plan = plan_trial(
        catalogue, inventory, variant, workload, level, via=case.via, driver=case.driver
    )
    return replace(plan, launch=_faulty(case, plan.launch, inventory)) if case.faulty else plan


def _faulty(case: Case, launch: Launch, inventory: Inventory) -> Launch:
    address = inventory.group("app_servers")[0].address
    argv = [HOST_PROGRAM, "faulty", f"--address={address}", "--port={port}", *case.faulty]
    return replace(launch, argv=argv, directory="/", environment={})


def run_case(
    rig: Rig, case: Case, raw: RawTrial, progress: Progress, alone: Callable[[], None]
) -> None:
    """Run the trial with the case's injections, which are gone when this returns or raises.

    ``alone`` is as `run_trial` has it.

    `complete_trial` adds the telemetry.

    Raises:
        BenchrigError: an injection could not be put in or taken out.
    """
    with Injector(rig, case, raw, progress) as injector:
        run_trial(rig, raw, injector, alone)


def outcome(case: Case, raw: RawTrial) -> Outcome:
    """What the rig says of the case's record."""
    spoilt = case.spoil(raw) if case.spoil else raw
    derived = figures(spoilt)
    validity = judge(spoilt, derived)
    found = find_bottleneck(spoilt, derived)
    facts = gather(spoilt, derived)
    kept = _kept(case, facts) if facts else 0.0
    expects = tuple(sorted(case.expects)) or (REFUSED,)
    reasons = "; ".join(reason.text for reason in validity.reasons)
    said, why = _said(case, raw, validity, found), reasons
    if found and said == found.limit.cause and said != UNKNOWN:
        why = found.limit.because
    elif found and said == UNKNOWN:
        why = f"{found.limit.because}; {reasons}"
    return Outcome(case.name, case.kind, expects, said, why, kept)


def _kept(case: Case, facts: Facts) -> float:
    touched = any(injection.group == "load_generators" for injection in case.injections)
    if case.kind == "bad" and not touched:
        return 0.0  # wrong answers are wrong, however few there are
    app = 0.0 if case.expects & OF_THE_APPS_CPU else facts.kept_from_cpu
    others = () if touched or case.driver != "wrk" else facts.drivers[:1]
    others += facts.proxies[:1] if facts.via_proxy else ()
    # One that uses its CPU and waits beside is busy; one that mostly waits is kept from it.
    waited = [process.delay for process in others if process.delay > 2 * process.thread_cores]
    return max([app, *waited])


def _said(case: Case, raw: RawTrial, validity: Validity, found: Bottleneck | None) -> str:
    """A trial that broke off, as where an injection failed, says nothing of a rule."""
    if found is None or any(fault.fatal for fault in raw.faults):
        return NOT_RUN
    if case.kind == "bad":
        return REFUSED if validity.grade == "invalid" else validity.grade
    return found.limit.cause
