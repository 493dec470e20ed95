"""Due times are the inverse of the integral of the rate."""

import ctypes

import pytest

from tests.wrk.wrk_build import shared_library

US = 1_000_000


class Plan(ctypes.Structure):
    """struct plan of schedule_plan.h."""

    _fields_ = (
        ("from_rate", ctypes.c_double),
        ("to_rate", ctypes.c_double),
        ("duration_us", ctypes.c_uint64),
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    library = shared_library("schedule_plan.c", tmp_path_factory.mktemp("plan"))
    for function in (library.plan_due_us, library.plan_count):
        function.argtypes = [ctypes.POINTER(Plan), ctypes.c_uint64]
        function.restype = ctypes.c_uint64
    return library


@pytest.mark.parametrize(
    ("start", "end", "seconds", "total"),
    [
        (500, 500, 10, 5000),
        (1, 1, 10, 10),
        (100, 500, 20, 6000),
        (0, 1000, 4, 2000),
        (1000, 0, 4, 2000),
        (12.5, 12.5, 3600, 45_000),
        (1e6, 1e6, 3600, 3_600_000_000),
    ],
)
def test_as_many_are_due_as_the_rate_asks_for(
    library: ctypes.CDLL, start: float, end: float, seconds: int, total: int
) -> None:
    plan = Plan(start, end, seconds * US)

    assert library.plan_count(plan, seconds * US) == total


@pytest.mark.parametrize(("start", "end"), [(700, 700), (100, 900), (900, 100), (0, 900)])
def test_request_is_due_when_the_integral_reaches_it(
    library: ctypes.CDLL, start: float, end: float
) -> None:
    seconds = 10
    plan = Plan(start, end, seconds * US)
    total = library.plan_count(plan, seconds * US)
    due = [library.plan_due_us(plan, n) for n in range(total)]

    assert due == sorted(set(due))
    for n, due_us in enumerate(due):
        t = due_us / US
        asked = start * t + (end - start) * t * t / (2 * seconds)
        assert asked == pytest.approx(n + 0.5, abs=0.01)
        assert library.plan_count(plan, due_us) == n + 1
        assert library.plan_count(plan, due_us - 1) == n


def test_nothing_is_due_at_the_end_or_later(library: ctypes.CDLL) -> None:
    plan = Plan(10, 10, US)

    assert library.plan_count(plan, 100 * US) == 10
    assert library.plan_due_us(plan, 10) >= US
