# SPDX-License-Identifier: Apache-2.0
"""Ansible lookup: the lock file of every app."""

DOCUMENTATION = r"""
---
name: app_locks
short_description: the lock file of every app.
description:
  - Maps each app's environment directory on the host to the text of its lock file.
options:
  _terms:
    description: The apps folder, and the directory of the environments on the host.
    type: list
    required: true
author:
  - The benchrig developers
"""

from pathlib import Path
from typing import Any

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """the lock file of every app."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """One mapping of environment directory to lock file text."""
        apps, venvs = terms
        locks = sorted(Path(apps).glob("*/requirements.txt"))
        return [{f"{venvs}/{lock.parent.name}": lock.read_text() for lock in locks}]
