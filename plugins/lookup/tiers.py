# SPDX-License-Identifier: Apache-2.0
"""Ansible lookup: the tiers whose work is done on a host."""

DOCUMENTATION = r"""
---
name: tiers
short_description: the tiers whose work is done on a host.
description:
  - Lists name, systemd unit and kind of workers of each tier that the given groups stand for.
options:
  _terms:
    description: Names of the host's groups.
    type: list
    required: true
author:
  - The benchrig developers
"""

from dataclasses import asdict
from typing import Any

from ansible.plugins.lookup import LookupBase

from benchrig.tiers import TIERS


class LookupModule(LookupBase):
    """the tiers whose work is done on a host."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """One mapping per tier."""
        (groups,) = terms
        return [asdict(tier) for tier in TIERS if tier.group in groups]
