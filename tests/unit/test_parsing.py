"""What is wrong with a command line is told as every other error, with exit code 2."""

import copy
import subprocess
from pathlib import Path

import pytest
from fabric.main import program
from invoke.exceptions import Exit
from invoke.parser import Parser

import fabfile

PROJECT = Path(__file__).parents[2]
RUNS = "`fab runs` lists them; a part of a name will do"


def parse(text: str) -> list[str]:
    """Names of the tasks that a command line asks for."""
    own = copy.deepcopy(fabfile.namespace)  # Invoke takes the help out of what it parses with
    parser = Parser(initial=program.initial_context, contexts=own.to_contexts())
    return [str(context.name) for context in parser.parse_argv(text.split())[1:]]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("report", f"fab report: RUN is missing; {RUNS}, and `last` is the newest"),
        ("export --format csv", f"fab export: RUN is missing; {RUNS}, and `last` is the newest"),
        ("gate", f"fab gate: AGAINST is missing; {RUNS}"),
        ("import", "fab import: FILE is missing; a bundle, TechEmpower's results.json, or"),
        ("bnech", "fab: 'bnech' is no task; did you mean 'bench'?"),
        ("xyzzy", "fab: 'xyzzy' is no task; `fab --list` lists them"),
        ("report last more", "fab report: 'more' is one word too many, or no task; `fab --help"),
        ("bench --conections 4", "fab bench: '--conections' is no option; did you mean '--conn"),
        ("bench --xyzzy", "fab bench: '--xyzzy' is no option; `fab --help bench` tells what"),
        ("bench --duration", "fab bench: --duration needs a value; `fab --help bench` tells"),
        ("--lst", "fab: '--lst' is no option; did you mean '--list'?"),
    ],
)
def test_a_mistake_names_the_thing_the_place_and_the_way_out(typed: str, message: str) -> None:
    with pytest.raises(Exit) as told:
        parse(typed)
    assert str(told.value.message).startswith(f"error: {message}")
    assert told.value.code == 2


def test_what_is_right_is_parsed_as_before() -> None:
    assert parse("bench --variant quart --set a=1 --set b=2 report last --format=md") == [
        "bench",
        "report",
    ]
    assert parse("calibrate.driver --driver wrk") == ["calibrate.driver"]


@pytest.mark.parametrize("typed", [("report", "--help"), ("--help", "report")])
def test_help_comes_whatever_is_missing(typed: tuple[str, str]) -> None:
    argv = ["fab", *typed]
    done = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Make the report of a stored run." in done.stdout
    assert done.stderr == ""


def test_a_process_ends_with_the_message_and_nothing_else() -> None:
    argv = ["fab", "report"]
    done = subprocess.run(argv, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: fab report: RUN is missing;")
    assert len(done.stderr.splitlines()) == 1
