"""What ``ansible-playbook site.yml`` makes, and that a second run finds nothing to do."""

import re
import subprocess
import time

import pytest

from tests.lab.rig import PROJECT, LabRig


def recap(output: str) -> dict[str, dict[str, int]]:
    """Host to the counts of Ansible's recap."""
    rows = re.findall(r"^(\S+)\s+: (ok=.*)$", output, re.MULTILINE)
    return {
        host: {key: int(value) for key, value in re.findall(r"(\w+)=(\d+)", counts)}
        for host, counts in rows
    }


def test_a_second_run_changes_nothing(rig: LabRig) -> None:
    counts = recap(rig.playbook("site.yml").stdout)
    assert set(counts) == {"localhost", "loadgen", "app", "db", "proxy", "monitor"}
    assert {host: c["changed"] for host, c in counts.items() if c["changed"]} == {}


def test_check_mode_on_a_provisioned_rig_changes_nothing(rig: LabRig) -> None:
    counts = recap(rig.playbook("site.yml", "--check", "--diff").stdout)
    assert {host: c["changed"] for host, c in counts.items() if c["changed"]} == {}


def test_one_role_on_one_host_can_be_run_alone(rig: LabRig) -> None:
    counts = recap(rig.playbook("site.yml", "--tags", "nginx", "--limit", "proxy").stdout)
    assert set(counts) == {"proxy"}


def test_wrk_is_built_from_source(rig: LabRig) -> None:
    assert "wrk 4.1.0" in rig.on("loadgen", "/opt/benchrig/wrk/current/wrk -v", check=False)
    assert rig.on("loadgen", "dpkg -l wrk 2>/dev/null | grep -c ^ii", check=False).strip() == "0"


def test_services_listen_inside_the_rig_only(rig: LabRig) -> None:
    for host in ("loadgen", "app", "db", "proxy", "monitor"):
        listening = rig.on(host, "ss -Hltn")
        open_to_all = re.findall(r"(?:0\.0\.0\.0|\*|\[::\]):(\d+)", listening)
        assert set(open_to_all) == {"22"}, f"{host}: {listening}"


def test_postgresql_accepts_the_app_server_and_nobody_else(rig: LabRig) -> None:
    query = (
        "import asyncio, asyncpg, os; "
        "print(asyncio.run(asyncpg.connect(os.environ['DATABASE_URL'])).get_server_version().major)"
    )
    python = "/opt/benchrig/venvs/quart/bin/python"
    environment = "set -a; . /opt/benchrig/services.env"
    assert rig.on("app", f'{environment}; {python} -c "{query}"').strip() == "15"
    reach = f"timeout 3 bash -c 'exec 3<>/dev/tcp/{rig.address('db')}/5432'"
    rig.on("loadgen", reach)  # the port is reachable; the server's own rule must refuse
    url = rig.on("app", "grep -o 'postgresql:.*' /opt/benchrig/services.env").strip()
    rig.on(
        "loadgen", "test -d /tmp/v || python3 -m venv /tmp/v && /tmp/v/bin/pip -q install asyncpg"
    )
    refused = rig.run(
        *rig.ssh_argv("loadgen", f'DATABASE_URL={url} /tmp/v/bin/python -c "{query}"'), check=False
    )
    assert "no pg_hba.conf entry for host" in refused.stderr


def test_another_cluster_on_postgresqls_port_is_told_and_nothing_done(rig: LabRig) -> None:
    drop = "pg_dropcluster 15 other"
    rig.on("db", "pg_createcluster --port=5432 15 other")
    try:
        only = ("site.yml", "--tags", "postgresql", "--limit", "db")
        done = rig.playbook(*only, check=False)
        checked = rig.playbook(*only, "--check", check=False)
    finally:
        rig.on("db", drop)
    for told in (done, checked):
        assert told.returncode != 0
        words = " ".join(told.stdout.split())
        assert "has port 5432, which the rig wants for 15/main: 15/other." in words
        assert "(pg_dropcluster --stop 15 other)" in words
        assert recap(told.stdout)["db"]["changed"] == 0


@pytest.mark.parametrize(
    ("host", "unit", "port"), [("proxy", "nginx", 8080), ("db", "postgresql@15-main", 5432)]
)
def test_a_service_waits_for_an_address_that_comes_late(
    rig: LabRig, host: str, unit: str, port: int
) -> None:
    entered = f"systemctl show --value -p ActiveEnterTimestampMonotonic {unit}"
    before = rig.on(host, entered).strip()
    late = f"ip address flush dev host0; systemctl restart {unit} & sleep 3; "
    late += "networkctl reconfigure host0; wait"
    rig.on(host, f"systemd-run --quiet --no-block bash -c '{late}'")
    deadline = time.monotonic() + 30
    shown = before
    while shown.split()[:1] in ([], ["0"], [before]) or f"{rig.address(host)}:{port}" not in shown:
        assert time.monotonic() < deadline, shown
        time.sleep(0.5)
        shown = rig.on(host, f"{entered}; ss -Hltn", check=False)


def test_the_dataset_is_loaded(rig: LabRig) -> None:
    count = "SELECT (SELECT count(*) FROM brand), (SELECT count(*) FROM world), "
    count += "(SELECT count(*) FROM fortune)"
    shown = rig.on("db", f"runuser -u postgres -- psql -At benchrig -c '{count}'")
    assert shown.strip() == "200|10000|12"


def test_prometheus_scrapes_every_exporter_each_second(rig: LabRig) -> None:
    query = (
        "import json, urllib.request as u; "
        f"d = json.load(u.urlopen('http://{rig.address('monitor')}:9090/api/v1/query"
        "?query=count_over_time(up%7Bjob!=%22load%22%7D[10s])')); "
        "print(sorted((r['metric']['job'], r['metric']['host'], float(r['value'][1]) >= 8) "
        "for r in d['data']['result']))"
    )
    hosts = ("app", "db", "loadgen", "monitor", "proxy")
    jobs = [("nginx", "proxy"), ("postgres", "db")]
    jobs += [(job, host) for job in ("node", "process", "rig") for host in hosts]
    wanted = str(sorted((job, host, True) for job, host in jobs))
    deadline = time.monotonic() + 20  # Prometheus may have been told of its targets just now
    shown = ""
    while shown.strip() != wanted and time.monotonic() < deadline:
        shown = rig.on("monitor", f'python3 -c "{query}"')
    assert shown.strip() == wanted


def test_no_secret_is_in_git(rig: LabRig) -> None:
    secret = (rig.inventory / ".secrets/postgresql").read_text().strip()
    assert len(secret) == 32
    found = subprocess.run(["git", "grep", "-F", secret], cwd=PROJECT, check=False).returncode
    assert found == 1
    for folder in ("inventory/lab", "inventory", "inventory/yours/deeper", "."):
        ignored = ["git", "check-ignore", f"{folder}/.secrets/postgresql"]
        assert subprocess.run(ignored, cwd=PROJECT, check=False).returncode == 0
