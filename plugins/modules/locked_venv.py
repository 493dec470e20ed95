#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""Ansible module: virtual environments that hold exactly what their lock files say."""

DOCUMENTATION = r"""
---
module: locked_venv
short_description: Virtual environments from lock files with hashes
description:
  - Makes each environment hold exactly the packages of its lock file, hashes checked.
  - An environment whose lock file and Python did not change is left alone, so that a second run is
    fast and changes nothing.
version_added: "0.1.0"
options:
  environments:
    description: Directory of each environment to the text of its lock file.
    type: dict
    required: true
  uv:
    description: Directory of the environment of uv, the installer. It is made first, by the
      standard library's venv and pip.
    type: str
    required: true
  uv_lock:
    description: Text of uv's own lock file.
    type: str
    required: true
  python:
    description: Interpreter the environments are made with.
    type: path
    default: /usr/bin/python3
attributes:
  check_mode:
    support: full
    description: Tells which environments would be made anew.
author:
  - The benchrig developers
"""

EXAMPLES = r"""
- name: Install the app
  locked_venv:
    uv: /opt/benchrig/uv
    uv_lock: "{{ lookup('file', 'uv.txt') }}"
    environments:
      /opt/benchrig/venvs/app: "{{ lookup('file', 'requirements.txt') }}"
"""

RETURN = r"""
installed:
  description: Environments that were (or in check mode would be) made anew.
  type: list
  returned: always
  sample: [/opt/benchrig/venvs/app]
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

MARKER = ".benchrig-lock"
RECIPE = 2  # raise when what is done to an environment below changes
ARGUMENTS = {
    "environments": {"type": "dict", "required": True},
    "uv": {"required": True},
    "uv_lock": {"required": True},
    "python": {"type": "path", "default": "/usr/bin/python3"},
}


def marker_text(lock: str, python: str) -> str:
    """What a finished environment carries: how it was made, from which lock, for which Python."""
    real = os.path.realpath(python)
    return f"{RECIPE} {hashlib.sha256(lock.encode()).hexdigest()} {real}\n"


def install(module: AnsibleModule, path: Path, lock: str, uv: str) -> None:
    """Build the environment from nothing, so that nothing of an older lock stays behind.

    ``uv`` is the program that installs; empty for the standard library's venv and pip.
    """
    python = module.params["python"]
    shutil.rmtree(path, ignore_errors=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", dir=module.tmpdir) as requirements:
        requirements.write(lock)
        requirements.flush()
        if uv:
            make = [uv, "venv", "--quiet", "--python", python, str(path)]
            fill = [
                uv,
                "pip",
                "sync",
                "--quiet",
                "--require-hashes",
                "--python",
                f"{path}/bin/python",
            ]
        else:
            make = [python, "-m", "venv", str(path)]
            fill = [f"{path}/bin/pip", "install", "--quiet", "--require-hashes", "-r"]
        module.run_command(make, check_rc=True)
        # The system's certificates, so that a host behind a private CA can install. Bytecode as
        # pip makes it: without it a server compiles all it imports at every start.
        environment = {"UV_SYSTEM_CERTS": "true", "UV_LINK_MODE": "copy"}
        environment["UV_COMPILE_BYTECODE"] = "true"
        fill_command = [*fill, requirements.name]
        code, out, err = module.run_command(fill_command, environ_update=environment)
    if code:
        said = "\n".join((err or out).strip().splitlines()[-8:])
        module.fail_json(
            msg=f"the lock file of '{path.name}' can not be installed into {path}: {said}; "
            "mend its requirements.in, then `make lock`"
        )


def main() -> None:
    """Entry point of the module."""
    os.umask(0o022)  # whatever root's: the apps run as a user of their own
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    uv, installed = module.params["uv"], []
    locks = {uv: module.params["uv_lock"]} | module.params["environments"]
    for directory, lock in locks.items():
        path, wanted = Path(directory), marker_text(lock, module.params["python"])
        marker = path / MARKER
        if marker.exists() and marker.read_text() == wanted:
            continue
        installed.append(directory)
        if not module.check_mode:
            install(module, path, lock, "" if directory == uv else f"{uv}/bin/uv")
            marker.write_text(wanted)
    module.exit_json(changed=bool(installed), installed=installed)


if __name__ == "__main__":
    main()
