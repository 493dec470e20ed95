"""Whether two sets of trials may be compared at all."""

from dataclasses import dataclass, fields

from benchrig.errors import BenchrigError


@dataclass(frozen=True)
class Comparable:
    """The labels on which two sets of trials must agree; only the variant may differ.

    Attributes:
        rig: which hosts, and whether they are a lab's.
        dataset: checksum of the rows that the database was loaded with; empty where no request
            reads them.
        schema: of the stored record.
        level: connections, rate and parameters, as one text.
        route: direct, or through nginx.
    """

    rig: str
    dataset: str
    schema: int
    workload: str
    level: str
    route: str
    driver: str
    measured_seconds: float


def require_comparable(baseline: Comparable, contender: Comparable) -> None:
    """Refuse a comparison of things that differ in more than the variant.

    Raises:
        BenchrigError: names every label that differs, with both values.
    """
    differ = [
        f"{label.name.replace('_', ' ')} ({ours} and {theirs})"
        for label in fields(Comparable)
        if (ours := getattr(baseline, label.name)) != (theirs := getattr(contender, label.name))
    ]
    if differ:
        raise BenchrigError(
            f"baseline and contender differ in {', '.join(differ)}",
            where="compare",
            way_out="measure both in one run: fab compare --baseline A --contender B",
        )
