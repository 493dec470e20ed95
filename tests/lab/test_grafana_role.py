"""The Grafana role: goes on without Grafana, stops where it is demanded, sets it up where it is."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.fake_grafana import build_package, build_repository
from tests.lab.rig import LabRig
from tests.lab.test_site import recap

NOWHERE = ("-e", "grafana_repository=http://127.0.0.1:9")
ONLY = ("site.yml", "--tags", "grafana", "--limit", "monitor")
SERVED = "http://127.0.0.1:8123"
DIRECT = 'Acquire::http::Proxy::127.0.0.1 "DIRECT";'
SERVE = "systemd-run --quiet --unit=grafana-repository --working-directory=/srv/grafana "
SERVE += "python3 -m http.server --bind 127.0.0.1 8123"
LEFT = "/etc/apt/preferences.d/benchrig-grafana /etc/apt/sources.list.d/grafana.sources "
LEFT += "/etc/apt/apt.conf.d/99grafana /etc/grafana /srv/grafana"


@pytest.fixture
def repository(rig: LabRig, tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """Options of the role for a repository with the version that is wanted and a newer one."""
    build_repository(tmp_path, ["12.4.0", "12.5.0"])
    packed = subprocess.run(
        ["tar", "-C", str(tmp_path), "-c", "--exclude=./root-*", "--exclude=./gnupg", "."],
        check=True,
        capture_output=True,
    ).stdout
    unpack = rig.ssh_argv("monitor", "mkdir /srv/grafana; tar -x -C /srv/grafana")
    subprocess.run(unpack, input=packed, check=True)
    rig.on("monitor", f"echo '{DIRECT}' > /etc/apt/apt.conf.d/99grafana; {SERVE}")
    yield ("-e", f"grafana_repository={SERVED}", "-e", f"grafana_key={tmp_path}/key.asc")
    rig.on(
        "monitor", f"apt-get -qq purge grafana; systemctl stop grafana-repository; rm -rf {LEFT}"
    )
    (rig.inventory / ".secrets/grafana").unlink()


def test_a_repository_out_of_reach_is_told_and_the_rest_goes_on(rig: LabRig) -> None:
    done = rig.playbook(*ONLY, *NOWHERE)
    assert "goes on without Grafana: http://127.0.0.1:9 can not be reached" in done.stdout
    assert recap(done.stdout)["monitor"]["failed"] == 0


def test_grafana_demanded_and_not_to_be_had_is_a_failure(rig: LabRig) -> None:
    done = rig.playbook(*ONLY, *NOWHERE, "-e", "grafana_wanted=always", check=False)
    assert done.returncode != 0
    assert "can not have Grafana: http://127.0.0.1:9 can not be reached" in done.stdout


def test_grafana_is_set_up_from_a_package_file_and_told_of_trials(
    rig: LabRig, tmp_path: Path
) -> None:
    package = build_package(tmp_path)
    method = ("-e", "grafana_install=deb", "-e", f"grafana_deb={package}")
    rig.playbook(*ONLY, *method, "-e", "grafana_wanted=always")
    again = recap(rig.playbook(*ONLY, *method).stdout)["monitor"]
    assert (again["failed"], again["changed"]) == (0, 0)
    found = rig.on("monitor", "ls /var/lib/grafana-benchrig/grafana")
    assert "benchrig-live.json" in found
    assert rig.on("monitor", "stat -c %a /etc/grafana/benchrig-admin-password").strip() == "640"
    short = ("--variant", "aiohttp", "--duration", "2s", "--warmup", "1s")
    assert "no notes in Grafana" not in rig.fab("bench", *short).stdout
    password = rig.inventory / ".secrets/grafana"
    right = password.read_text()
    password.write_text("wrong")
    refused = rig.fab("bench", *short, check=False)
    password.write_text(right)
    assert "no notes in Grafana: Grafana refuses a note: Unauthorized" in refused.stdout
    assert refused.returncode in (0, 3)
    rig.on("monitor", "systemctl stop grafana-server")
    down = rig.fab("bench", *short, check=False)
    assert "no notes in Grafana: Grafana does not answer" in down.stdout
    assert down.returncode in (0, 3)
    rig.on("monitor", "apt-get -qq purge grafana; rm -rf /etc/grafana")
    password.unlink()


def test_grafana_from_a_repository_keeps_its_version(
    rig: LabRig, repository: tuple[str, ...]
) -> None:
    def version() -> str:
        return rig.on("monitor", "dpkg-query -W -f='${Version}' grafana")

    rig.playbook(*ONLY, *repository, "-e", "grafana_wanted=always")
    assert version() == "12.4.0"
    again = recap(rig.playbook(*ONLY, *repository).stdout)["monitor"]
    assert (again["failed"], again["changed"]) == (0, 0)
    rig.on("monitor", "DEBIAN_FRONTEND=noninteractive apt-get -qq upgrade")
    assert version() == "12.4.0", "an upgrade of the host"
    rig.on("monitor", "apt-get -qq install grafana=12.5.0")
    rig.playbook(*ONLY, *repository)
    assert version() == "12.4.0", "back from what somebody installed by hand"
