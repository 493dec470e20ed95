"""The rig's tasks. `fab --list` shows them, `fab --help TASK` tells their options.

A task is a function in benchrig/tasks; a new one in any of these modules is found by itself.
"""

from invoke.collection import Collection

from benchrig.tasks import (
    analyses,
    calibrate,
    catalogues,
    exchange,
    lab,
    measure,
    records,
    watching,
)
from benchrig.tasks.parsing import tell_mistakes_plainly

tell_mistakes_plainly()
namespace = Collection()
for module in (measure, catalogues, analyses, records, exchange, watching):
    for each in Collection.from_module(module).tasks.values():
        namespace.add_task(each)
for apart in (lab, calibrate):
    namespace.add_collection(Collection.from_module(apart))
