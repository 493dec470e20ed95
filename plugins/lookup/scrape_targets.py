# SPDX-License-Identifier: Apache-2.0
"""Ansible lookup: what Prometheus scrapes."""

DOCUMENTATION = r"""
---
name: scrape_targets
short_description: what Prometheus scrapes.
description:
  - Lists each exporter on each host that runs it, with the host's roles.
options:
  _terms:
    description: Host names to addresses, groups to host names, and exporters to ports.
    type: list
    required: true
author:
  - The benchrig developers
"""

from typing import Any

from ansible.plugins.lookup import LookupBase

from benchrig.tiers import TIERS

# Exporters that run on the hosts of one group only; the others run everywhere.
ONLY_ON = {"postgres": "postgres", "nginx": "nginx", "load": "load_generators"}
ROLES = {tier.group: tier.name for tier in TIERS} | {"monitoring": "monitoring"}


class LookupModule(LookupBase):
    """what Prometheus scrapes."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """Job, host, roles and address of each target."""
        addresses, groups, ports = terms
        roles = {
            host: "+".join(role for group, role in ROLES.items() if host in groups.get(group, []))
            for host in addresses
        }
        return [
            {"job": job, "host": host, "role": roles[host], "address": f"{address}:{port}"}
            for job, port in ports.items()
            for host, address in addresses.items()
            if job not in ONLY_ON or host in groups[ONLY_ON[job]]
        ]
