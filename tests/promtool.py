"""Prometheus' own checker of rules and queries, which `make .venv/.dev` fetches."""

import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[1]
PROMTOOL = PROJECT / ".venv/share/promtool/usr/bin/promtool"
RULES = PROJECT / "dashboards/prometheus/benchrig.rules.yml"


def promtool(*arguments: str | Path) -> str:
    """Run it and return what it printed; what it finds wrong fails the test."""
    argv = [PROMTOOL, *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
