"""The fingerprint of hosts: what sysfs, systemd and cpuinfo say, read rightly."""

from pathlib import Path

from pydantic import TypeAdapter

from benchrig.host.environment import chosen, cpu_model, environment, exec_lines
from benchrig.trial.environment import HostEnvironment, control

SHOWN = """Id=nginx.service
ExecStart={ path=/usr/sbin/nginx ; argv[]=/usr/sbin/nginx -g daemon on; master_process on; ; \
ignore_errors=no ; start_time=[n/a] }

Id=benchrig-exporter.service
ExecStart={ path=/usr/bin/python3 ; argv[]=/usr/bin/python3 x.py --port=9 ; ignore_errors=no }

Id=benchrig-app.slice
"""


def test_the_processor_is_named_as_its_kind_names_it() -> None:
    assert cpu_model("processor\t: 0\nmodel name\t: AMD EPYC\n\nprocessor\t: 1\n") == "AMD EPYC"
    arm = "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"
    assert cpu_model(arm) == "CPU implementer 0x41, CPU part 0xd0c"
    assert chosen("always [madvise] never") == "madvise"


def test_units_are_told_by_their_command_lines() -> None:
    assert exec_lines(SHOWN) == {
        "nginx.service": "/usr/sbin/nginx -g daemon on; master_process on;",
        "benchrig-exporter.service": "/usr/bin/python3 x.py --port=9",
    }


def test_this_host_tells_everything_the_record_has_a_place_for() -> None:
    told = environment({"packages": ["libc6"], "units": ["no-such.service"]})
    own = {"groups": (), "clock_offset_seconds": 0.0, "price_per_hour": 0.0}
    host = TypeAdapter(HostEnvironment).validate_python(told | own)
    assert host.cpus >= 1
    assert host.memory_bytes > 2**20
    assert host.kernel


def test_the_project_is_told_by_its_commit_and_locks() -> None:
    found = control(Path(__file__).parents[2])
    assert len(found.commit) == 40
    assert len(found.locks["requirements/control.txt"]) == 64
