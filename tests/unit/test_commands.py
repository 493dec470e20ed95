"""What a person types wrong, told before any host is touched; run as they run it."""

import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]


def fab(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run fab in the project."""
    argv = ["fab", *arguments]
    return subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--variant", "quart-uvlop"],
            "--variant: no variant is called 'quart-uvlop'; did you mean 'quart-uvloop'?",
        ),
        ([], "--variant: no variant is named; `fab variants` lists them"),
        (["--variant", "quart", "--workload", "jsn"], "did you mean 'json'?"),
        (["--variant", "quart", "--workers", "0"], "--workers: '0' is not a whole number"),
        (["--variant", "quart", "--duration", "abc"], "--duration: 'abc' is not a duration"),
        (["--variant", "quart", "--via", "carrier"], "--via: 'carrier' is no route"),
        (["--variant", "quart", "--connections", "many"], "--connections: 'many' is not"),
        (["--variant", "aiohttp", "--workers", "4"], "takes no such setting"),
        (["--variant", "quart:workers=4"], "no variant is called 'quart:workers=4'; settings are"),
        (["--variant", "aiohttp", "--set", "processes=2"], "use via: nginx"),
        (
            ["--variant", "aiohttp", "--set", "processes=2", "--via", "nginx", "--duration", "x"],
            "--duration: 'x' is not a duration",
        ),
        (
            ["--variant", "quart", "--connections", "100", "--threads", "3"],
            "100 connections can not be shared out evenly over 3 threads; use 2",
        ),
    ],
)
def test_a_wrong_option_is_told_in_one_line_and_exits_2(arguments: list[str], message: str) -> None:
    done = fab("bench", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_list_of_tasks_reads_well() -> None:
    listed = fab("--list").stdout
    tasks = ("bench", "runs", "show", "variants", "workloads", "lab.up", "lab.down", "report")
    for task in (*tasks, "rejudge", "bundle", "import", "export", "history", "gate", "site"):
        assert f" {task} " in listed


def test_variants_show_the_exact_command_line() -> None:
    shown = fab("variants", "--verbose").stdout
    assert "/opt/benchrig/venvs/quart/bin/hypercorn" in shown
    assert "--backlog=8192 --workers=1 --worker-class=uvloop app:app" in shown


def test_an_inventory_without_postgresql_is_refused(tmp_path: Path) -> None:
    text = (PROJECT / "inventory/example/hosts.yml").read_text()
    (tmp_path / "hosts.yml").write_text(text.replace("    postgres:", "    mysql:"))
    argv = ["fab", "bench", "--variant", "quart"]
    environment = {
        "PATH": f"{PROJECT}/.venv/bin:/usr/bin:/bin",
        "BENCHRIG_INVENTORY": str(tmp_path),
    }
    done = subprocess.run(
        argv, cwd=PROJECT, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 2
    assert "no host in the group 'postgres'; inventory/example shows the shape" in done.stderr
