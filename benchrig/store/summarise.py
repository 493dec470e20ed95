"""From a trial's raw data to its page of a summary."""

from benchrig.contract.spec import plain
from benchrig.drivers.base import LoadErrors
from benchrig.figures import TierFigures, TrialFigures, figures
from benchrig.store.summary import ClientSummary, Reason, TierSummary, TrialSummary
from benchrig.trial.plan import Level, TrialPlan
from benchrig.trial.raw import RawTrial
from benchrig.verdict.bottleneck import find_bottleneck
from benchrig.verdict.validity import judge

DEFAULT_DRIVER = "wrk"


def summarise(number: int, raw: RawTrial) -> TrialSummary:
    """A trial's figures and verdict, computed from what is stored of it."""
    derived = figures(raw)
    validity = judge(raw, derived)
    plan = raw.plan
    return TrialSummary(
        trial=number,
        begin_unix=raw.begin_unix,
        cell=cell_name(plan),
        variant=variant_name(plan),
        app=plan.variant.app,
        server=plan.variant.server,
        workload=plan.workload.name,
        via=plan.via,
        driver=plan.driver,
        connections=plan.level.connections,
        duration_seconds=plan.level.duration_seconds,
        workers=plan.variant.workers * plan.variant.processes,
        rate_per_second=plan.level.rate_per_second,
        parameters=plan.workload.defaults | plan.level.parameters,
        lock_sha256=plan.lock.sha256 if plan.lock else "",
        grade=validity.grade,
        reasons=tuple(Reason(r.grade, r.text) for r in validity.reasons),
        client=_client(derived),
        tiers={name: _tier(tier) for name, tier in derived.tiers.items()},
        chain_requests_per_cpu_second=derived.chain_requests_per_cpu_second,
        bottleneck=find_bottleneck(raw, derived),
    )


def _client(derived: TrialFigures) -> ClientSummary | None:
    client = derived.client
    if client is None:
        return None
    return ClientSummary(
        client.requests,
        error_kinds(client.errors),
        client.requests_per_second,
        client.bytes_per_second,
        {plain(q): seconds for q, seconds in client.quantiles_seconds.items()},
        client.mean_seconds,
        client.max_seconds,
    )


def error_kinds(errors: LoadErrors) -> dict[str, int]:
    """Errors by kind, those that occurred."""
    kinds = ("connect", "read", "write", "timeout", "status")
    return {kind: count for kind in kinds if (count := getattr(errors, kind))}


def _tier(tier: TierFigures) -> TierSummary:
    busiest = max((process.cpu_cores for process in tier.processes), default=0.0)
    figures = (tier.cpu_cores, tier.cpus, tier.memory_bytes, tier.requests_per_cpu_second)
    return TierSummary(*figures, busiest)


def cell_name(plan: TrialPlan) -> str:
    """Variant, workload and level in one name; what is as by default is left out.

    ``quart-uvloop/json/c64``, ``flask-sync-4/queries/queries=20/c512/nginx/hey/r1000``,
    ``quart:loop=uvloop/json/c64``. How long it was measured is not in it: what was measured for
    another time is told apart by `window`.
    """
    level, workers = plan.level, plan.variant.workers * plan.variant.processes
    parts = [variant_name(plan), plan.workload.name]
    parts += [f"{name}={plain(value)}" for name, value in sorted(level.parameters.items())]
    parts.append(f"c{level.connections}")
    parts += [f"w{workers}"] if workers > 1 else []
    parts += [plan.via] if plan.via != "direct" else []
    parts += [plan.driver] if plan.driver != DEFAULT_DRIVER else []
    parts += [_rate(level)] if level.rate_per_second else []
    parts += [f"n{level.requests}"] if level.requests else []
    spawned = level.spawn_rate_per_second
    parts += [f"spawn={plain(spawned)}"] if spawned else []
    return "/".join(parts)


def variant_name(plan: TrialPlan) -> str:
    """The variant with the settings that are not the catalogue's, as they are typed.

    Worker counts stand in the level, where a sweep over them finds them.
    """
    kept = [(k, v) for k, v in plan.changed.items() if k not in ("workers", "processes")]
    told = ",".join(f"{name}={value}" for name, value in sorted(kept))
    return f"{plan.variant.name}:{told}" if told else plan.variant.name


def _rate(level: Level) -> str:
    end = level.rate_to_per_second
    return f"r{plain(level.rate_per_second)}" + (f"-{plain(end)}" if end else "")
