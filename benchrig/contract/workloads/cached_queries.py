"""cached-queries: N rows of World from the app's own cache, which reads what it lacks."""

from benchrig.contract.rows import random_rows
from benchrig.contract.spec import Contract, Statements
from benchrig.contract.workloads import queries

CONTRACT = Contract(
    queries.ask,
    edges=queries.edges,
    hostile=queries.hostile,
    statements=Statements(queries.twenty, "world", reads=20, rows=20, cached=True),
    checks={"random-input": random_rows},
)
