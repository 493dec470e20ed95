#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""Ansible module: boot or delete the lab's machines on this box."""

DOCUMENTATION = r"""
---
module: lab
short_description: Boot or delete Debian machines on this box with systemd-nspawn
description:
  - Boots one machine per entry, each an overlay of a cached base image with its own systemd, sshd
    and address on a bridge, and waits until all answer on SSH.
  - Package sources, proxies and CA certificates are inherited from the box.
version_added: "0.1.0"
options:
  state:
    description: Whether the machines run (C(up)) or are deleted (C(down)).
    type: str
    choices: [up, down]
    default: up
  name:
    description: Name of the lab; labs with different names, bridges and networks live side by side.
    type: str
    required: true
  bridge:
    description: Bridge to create on the box.
    type: str
    required: true
  network:
    description: IPv4 network of the lab in CIDR form.
    type: str
    required: true
  suite:
    description: Debian release of the machines; empty means the box's own, or Debian 12.
    type: str
    default: ""
  addresses:
    description: Machines to boot, host name to IPv4 address in I(network).
    type: dict
    required: true
  app_servers:
    description: Machines that get the upper half of the box's CPUs for themselves.
    type: list
    elements: str
    default: []
  load_generators:
    description: Machines that get half of the remaining CPUs for themselves.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    support: full
    description: Tells whether the lab would be booted or deleted, and touches nothing.
author:
  - The benchrig developers
"""

EXAMPLES = r"""
- name: Boot the lab
  lab:
    name: benchrig
    bridge: br-benchrig
    network: 198.18.77.0/24
    addresses:
      app: 198.18.77.12
      loadgen: 198.18.77.11
    app_servers: [app]
    load_generators: [loadgen]
"""

RETURN = r"""
machines:
  description: Name, address and CPUs of each machine.
  type: list
  returned: always
  sample: [{name: app, address: 198.18.77.12, cpus: [1], ready: true}]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    from benchrig.errors import BenchrigError
    from benchrig.lab import manager
    from benchrig.lab.definition import Lab, Machine, box_cpus, build_lab, share_cpus
except ImportError:  # not run by the project's own Python
    BenchrigError = None  # type: ignore[assignment,misc]  # asked for below

ARGUMENTS: dict[str, Any] = {
    "state": {"choices": ["up", "down"], "default": "up"},
    "name": {"required": True},
    "bridge": {"required": True},
    "network": {"required": True},
    "suite": {"default": ""},
    "addresses": {"type": "dict", "required": True},
    "app_servers": {"type": "list", "elements": "str", "default": []},
    "load_generators": {"type": "list", "elements": "str", "default": []},
}


def requested_lab(params: dict[str, Any]) -> "Lab":
    """The lab that the task's parameters describe."""
    addresses = params["addresses"]
    cpus = share_cpus(box_cpus(), addresses, params["app_servers"], params["load_generators"])
    machines = [Machine(name, address, cpus[name]) for name, address in addresses.items()]
    return build_lab(params["name"], params["bridge"], params["network"], machines)


def would_change(module: AnsibleModule, lab: "Lab") -> bool:
    """What check mode tells, with a warning where the plays that follow can reach nobody."""
    if module.params["state"] == "down":
        return manager.exists(lab)
    if not all(m.ready for m in manager.status(lab)):
        module.warn("the lab is down: what checks its machines can not reach them; `fab lab.up`")
        return True
    return manager.would_change(lab, module.params["suite"], module.warn)


def main() -> None:
    """Entry point of the module."""
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    if BenchrigError is None:
        module.fail_json(msg=missing_required_lib("benchrig"))
    params = module.params
    try:
        lab = requested_lab(params)
        if module.check_mode:
            changed = would_change(module, lab)
        elif params["state"] == "up":
            changed = manager.up(lab, params["suite"], module.warn)
        else:
            changed = manager.down(lab)
    except BenchrigError as error:
        module.fail_json(msg=str(error))
    cpus = {m.name: m.cpus for m in lab.machines}
    machines = [vars(m) | {"cpus": cpus[m.name]} for m in manager.status(lab)]
    module.exit_json(changed=changed, machines=machines)


if __name__ == "__main__":
    main()
