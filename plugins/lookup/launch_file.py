# SPDX-License-Identifier: Apache-2.0
"""Ansible lookup: how every variant is started."""

DOCUMENTATION = r"""
---
name: launch_file
short_description: how every variant is started.
description:
  - Renders the exact command line of every variant in variants.yml.
options:
  _terms:
    description: The apps folder, the address to listen on, and the first port.
    type: list
    required: true
author:
  - The benchrig developers
"""

from typing import Any

from ansible.plugins.lookup import LookupBase

from benchrig.spec.launch import launch_file


class LookupModule(LookupBase):
    """how every variant is started."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """One mapping of variant to its launch."""
        apps, address, first_port = terms
        return [launch_file(apps, address, int(first_port))]
