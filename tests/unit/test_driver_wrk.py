"""wrk's command line and its recorded outputs."""

import pytest

from benchrig.drivers.base import LoadErrors, LoadRequest, LoadResult, UnreadableOutput
from benchrig.drivers.wrk import DRIVER, parse_text
from tests.factories import GOLDEN


def read(name: str) -> LoadResult:
    """A recorded output, parsed."""
    return parse_text((GOLDEN / "wrk" / f"{name}.txt").read_text())


def test_a_good_run_is_read_whole() -> None:
    result = read("aiohttp-json")
    assert result.requests == 19986
    assert result.duration_seconds == 1.03
    assert result.bytes_read == round(3.56 * 1024**2)
    assert result.errors == LoadErrors()
    assert result.quantiles_seconds == pytest.approx(
        {0.5: 2.19e-3, 0.75: 4.23e-3, 0.9: 6.44e-3, 0.99: 22.99e-3}
    )
    assert result.mean_seconds == pytest.approx(3.71e-3)
    assert result.max_seconds == pytest.approx(37.01e-3)


def test_answers_with_a_wrong_status_are_errors_and_not_throughput() -> None:
    result = read("bad-gateway")
    assert result.requests == 0
    assert result.errors == LoadErrors(status=13769)


def test_socket_errors_are_read_by_kind() -> None:
    assert read("server-died").errors == LoadErrors(read=8, write=14855)


def test_output_without_a_result_is_quoted() -> None:
    with pytest.raises(UnreadableOutput, match=r"unable to connect to .* Connection refused"):
        read("refused")
    with pytest.raises(UnreadableOutput, match="nothing was printed"):
        parse_text("")


def test_the_command_line_says_everything_that_was_asked_for() -> None:
    request = LoadRequest("http://h:1/json", 64, 2, 15.0, headers={"Accept": "text/plain"})
    assert DRIVER.argv(request)[1:] == [
        "--latency",
        "--threads=2",
        "--connections=64",
        "--duration=15s",
        "--timeout=8s",
        "-H",
        "Accept: text/plain",
        "http://h:1/json",
    ]
