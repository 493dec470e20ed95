"""Runs that decide after each trial what to measure next."""

from dataclasses import dataclass, replace

from benchrig.commands import context
from benchrig.spec.catalogue import Catalogue
from benchrig.suite.cells import Draft, planned_cell
from benchrig.suite.execute import Execution
from benchrig.suite.order import Slot
from benchrig.suite.outcome import Outcome


@dataclass
class Adaptive:
    """A run whose plan grows by a cell with each trial."""

    execution: Execution
    catalogue: Catalogue
    load_cpus: int

    def measure(self, draft: Draft) -> Outcome:
        """Plan, run and judge one trial."""
        plan, hosts = self.execution.plan, self.execution.rig.inventory
        cell = planned_cell(self.catalogue, hosts, context.APPS, draft, self.load_cpus)
        number = len(plan.order) + 1
        grown = replace(
            plan, cells=(*plan.cells, cell), order=(*plan.order, Slot(number, len(plan.cells)))
        )
        self.execution.extend(grown)
        return self.execution.outcomes[-1]
