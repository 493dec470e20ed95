"""``fab locust``: a variant under Locust, led by a person from Locust's own web page."""

from dataclasses import replace

from benchrig.commands import context
from benchrig.errors import BenchrigError
from benchrig.inventory import Inventory
from benchrig.remote.rig import Rig
from benchrig.spec.catalogue import load_catalogue
from benchrig.trial import service
from benchrig.trial.load import LoadSessions, refuse_what_the_driver_can_not
from benchrig.trial.plan import Level, TrialPlan, plan_trial
from benchrig.units import parse_count

PORT = 8089
USERS_MAX = 60_000
LONGEST_SECONDS = 86_400.0


def page(variant: str, workload: str, users: str) -> None:
    """Start a variant and Locust, say where its page is, and end both at Ctrl-C.

    Nothing is stored: what a person does on the page is no trial. Prometheus sees the clients.

    Raises:
        BenchrigError: several load generators, or a variant or workload that can not be loaded so.
    """
    console, hosts = context.make_console(), context.inventory()
    plan = page_plan(hosts, variant, workload, parse_count(users, "--users", USERS_MAX))
    request = replace(plan.measured_load(), page_port=PORT)
    refuse_what_the_driver_can_not(hosts, "locust", request)
    labels = {"variant": plan.variant.name, "workload": plan.workload.name}
    with Rig(hosts) as rig:
        service.stop_all(rig)
        service.start(rig, plan)
        try:
            with LoadSessions(rig) as sessions:
                address = hosts.group("load_generators")[0].address
                console.print(f"Locust: http://{address}:{PORT}  (Ctrl-C ends it)", highlight=False)
                sessions.run("page", "locust", request, sessions.start_time(), labels, [])
        except KeyboardInterrupt:
            console.print("ended")
        finally:
            service.stop_all(rig)


def page_plan(hosts: Inventory, variant: str, workload: str, users: int) -> TrialPlan:
    """The plan of a variant that a person will load.

    Raises:
        BenchrigError: no variant, an unknown name, or several load generators.
    """
    catalogue = load_catalogue(context.APPS)
    chosen = context.chosen_variant(catalogue, variant)
    asked = catalogue.workload(chosen, workload)
    count = len(hosts.group("load_generators"))
    if count > 1:
        what = f"there are {count} load generators, and each would have a page of its own"
        raise BenchrigError(what, where="fab locust", way_out="use `fab bench --driver locust`")
    level = Level(users, 1, LONGEST_SECONDS, warmup_seconds=0, primer_seconds=0)
    return plan_trial(catalogue, hosts, chosen, asked, level, via=chosen.via, driver="locust")
