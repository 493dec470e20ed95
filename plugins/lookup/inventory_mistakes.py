# SPDX-License-Identifier: Apache-2.0
"""Ansible lookup: what keeps an inventory from carrying a rig."""

DOCUMENTATION = r"""
---
name: inventory_mistakes
short_description: what keeps an inventory from carrying a rig.
description:
  - Lists every mistake of the inventory as a sentence.
options:
  _terms:
    description: Groups to host names, and host names to addresses.
    type: list
    required: true
author:
  - The benchrig developers
"""

from typing import Any

from ansible.plugins.lookup import LookupBase

from benchrig.inventory import inventory_mistakes


class LookupModule(LookupBase):
    """what keeps an inventory from carrying a rig."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """The mistakes, none when the inventory is right."""
        groups, addresses = terms
        return inventory_mistakes(groups, addresses)
