# SPDX-License-Identifier: Apache-2.0
"""Ansible lookup: what names the present state of a program's source."""

DOCUMENTATION = r"""
---
name: source_hash
short_description: what names the present state of a program's source.
description:
  - Hashes names and contents of all Python files in the given folders, in one value.
options:
  _terms:
    description: Folders.
    type: list
    required: true
author:
  - The benchrig developers
"""

import hashlib
from pathlib import Path
from typing import Any

from ansible.plugins.lookup import LookupBase


class LookupModule(LookupBase):
    """what names the present state of a program's source."""

    def run(self, terms: list[Any], variables: Any = None, **kwargs: Any) -> list[Any]:
        """One hexadecimal SHA-256."""
        digest = hashlib.sha256()
        for folder in map(Path, terms):
            for path in sorted(folder.rglob("*.py")):
                digest.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
                digest.update(path.read_bytes())
        return [digest.hexdigest()]
