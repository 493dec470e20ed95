from pathlib import Path

import pytest

from tests.wrk.wrk_build import Programs
from tests.wrk.wrk_run import run_wrk
from tests.wrk.wrk_servers import Server

TICK = "want a whole number of milliseconds from 20 to 10000"
RATE = "want requests per second from 0 to 10000000, as in 500, 12.5 or 2k"
PIPELINE = "request = function() return wrk.format() .. wrk.format() end"
DELAY = "function delay() return 1 end"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--live", "x", "--tick", "19"], f"--tick 19: {TICK}"),
        (["--live", "x", "--tick", "10001"], f"--tick 10001: {TICK}"),
        (["--live", "x", "--tick", "100ms"], f"--tick 100ms: {TICK}"),
        (["--live", "x", "--tick", "-50"], f"--tick -50: {TICK}"),
        (["--tick", "100"], "--tick needs --live FILE"),
        (["--live", "/"], "--live /: Is a directory"),
        (["--live", "/dev/null"], "--live /dev/null: neither a regular file nor a FIFO"),
        (["--rate", "fast"], f"--rate fast: {RATE}"),
        (["--rate", "-1"], f"--rate -1: {RATE}"),
        (["--rate", "nan"], f"--rate nan: {RATE}"),
        (["--rate", "1e9"], f"--rate 1e9: {RATE}"),
        (["--rate", "5", "--rate-to", "5x"], f"--rate-to 5x: {RATE}"),
        (["--rate-to", "5"], "--rate-to needs --rate, the rate to rise from"),
        (["--rate", "0"], "--rate 0 sends nothing; give a rate above 0, here or in --rate-to"),
        (["--rate", "0.1"], "no request falls due at --rate 0.1 within 1 s"),
    ],
)
def test_bad_option_ends_with_a_message_that_names_it(
    programs: Programs, server: Server, options: list[str], message: str
) -> None:
    outcome = run_wrk(programs.patched, "-t1", "-c1", "-d1s", *options, server.url)

    assert (outcome.status, outcome.stdout) == (2, "")
    assert outcome.stderr == f"wrk: {message}\n"


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (
            PIPELINE,
            "wrk: --rate can not be used with a script that pipelines (2 requests at once): "
            "each request needs a due time of its own\n",
        ),
        (DELAY, "wrk: --rate can not be used with a script's delay(): both say when\n"),
    ],
)
def test_rate_refuses_scripts_that_say_when_themselves(
    programs: Programs, server: Server, tmp_path: Path, script: str, message: str
) -> None:
    path = tmp_path / "script.lua"
    path.write_text(script)
    outcome = run_wrk(programs.patched, "-t1", "-c1", "-d1s", "--rate", 5, "-s", path, server.url)

    assert (outcome.status, outcome.stderr) == (2, message)
