"""Which of the two outcomes decides, chosen before the figures are looked at."""

from dataclasses import dataclass, replace

from benchrig.compare.finding import Finding
from benchrig.compare.pairs import Outcome

RATE_GIVEN = "the rate was given, and says nothing of the app"


@dataclass(frozen=True)
class Conditions:
    """What is known of a comparison before its figures.

    Attributes:
        shared_machine: the hosts share one machine's CPUs, as a lab's do.
        app_cpu_bound: the app's CPU limits both variants; ``False`` where they wait for something
            else, ``None`` where no verdict says.
        has_cpu: CPU per request was measured in every block.
        rate_given: the load came at a rate that was asked for.
    """

    shared_machine: bool
    app_cpu_bound: bool | None
    has_cpu: bool
    rate_given: bool = False


@dataclass(frozen=True)
class Comparison:
    """Both outcomes; the primary one decides, the other is told for information.

    Attributes:
        why: why that one is primary.
        note: where the two say different things.
    """

    primary: Finding
    secondary: Finding
    why: str
    note: str


def primary_outcome(conditions: Conditions) -> tuple[Outcome, str]:
    """The outcome that decides, and why.

    It depends on the conditions and never on which outcome shows more: choosing the more telling
    of two would double the false findings.
    """
    if conditions.rate_given:
        return Outcome.CPU, "the rate was given: requests per second are what was asked for"
    if not conditions.has_cpu:
        return Outcome.THROUGHPUT, "the app's CPU counters are missing"
    if conditions.app_cpu_bound is False:
        return Outcome.THROUGHPUT, "the app's CPU is not what limits it"
    if conditions.shared_machine:
        why = "the hosts share one machine, whose CPUs take from each other's throughput"
        return Outcome.CPU, why
    return Outcome.THROUGHPUT, "the hosts have their CPUs to themselves"


def compare(throughput: Finding, cpu: Finding, conditions: Conditions) -> Comparison:
    """Put the two findings in order and say where they differ.

    Of a given rate, requests per second are the input: both variants answer what was asked for, so
    they would always tie.
    """
    outcome, why = primary_outcome(conditions)
    if conditions.rate_given:
        if throughput.pairs.log_gains and not cpu.pairs.log_gains:
            cpu = _without(cpu, "no block has the app's CPU counters")
        throughput = _without(throughput, RATE_GIVEN)
    first, second = (throughput, cpu) if outcome is Outcome.THROUGHPUT else (cpu, throughput)
    note = ""
    if {first.word, second.word} == {"faster", "slower"}:
        note = f"by {first.outcome.value} {first.word}, by {second.outcome.value} {second.word}"
    return Comparison(first, second, why, note)


def _without(found: Finding, why: str) -> Finding:
    return replace(found, word="not-enough-data", estimate=None, more_blocks=None, why_none=why)
