#!/usr/bin/python
# SPDX-License-Identifier: Apache-2.0
"""Ansible module: several small text files in one go."""

DOCUMENTATION = r"""
---
module: text_files
short_description: Several text files in one go, and the folders they need
description:
  - Writes each file whose content differs, replacing it whole, and leaves the others alone.
  - Root's umask does not count, because services of other users read the files.
  - One task instead of one per file, because a task costs half a second on each host.
version_added: "0.1.0"
options:
  files:
    description: Path of each file to its text. Missing folders are made.
    type: dict
    default: {}
  folders:
    description: Folders that everybody may enter; made, or opened, where they are not.
    type: list
    elements: str
    default: []
  mode:
    description:
      - Mode of the files that are new, in octal.
      - Others keep theirs, which a package may have set.
    type: str
    default: "0644"
attributes:
  check_mode:
    support: full
    description: Tells which files and folders would be written.
  diff_mode:
    support: full
    description: Shows each file before and after.
author:
  - The benchrig developers
"""

EXAMPLES = r"""
- name: Configure two services
  text_files:
    files:
      /etc/default/one: |
        ARGS="--listen=127.0.0.1:9100"
      /etc/default/two: "{{ lookup('ansible.builtin.template', 'two.j2') }}"
"""

RETURN = r"""
written:
  description: Files and folders that were (or in check mode would be) written.
  type: list
  returned: always
  sample: [/etc/default/one]
"""

import os
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

OPEN = 0o755
ARGUMENTS = {
    "files": {"type": "dict", "default": {}},
    "folders": {"type": "list", "elements": "str", "default": []},
    "mode": {"default": "0644"},
}


def now(path: Path) -> str:
    """The file's text; empty where there is none."""
    return path.read_text() if path.exists() else ""


def write(module: AnsibleModule, path: Path, text: str, mode: int) -> None:
    """Replace one file, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = path.stat().st_mode & 0o7777 if path.exists() else mode
    with tempfile.NamedTemporaryFile("w", dir=module.tmpdir, delete=False) as file:
        file.write(text)
    module.atomic_move(file.name, str(path))
    path.chmod(kept)


def is_open(folder: Path) -> bool:
    """Whether the folder is there, and as everybody needs it."""
    return folder.is_dir() and folder.stat().st_mode & 0o777 == OPEN


def main() -> None:
    """Entry point of the module."""
    os.umask(0o022)
    module = AnsibleModule(argument_spec=ARGUMENTS, supports_check_mode=True)
    mode = int(module.params["mode"], 8)
    written, diffs = [], []
    for folder in map(Path, module.params["folders"]):
        if is_open(folder):
            continue
        written.append(str(folder))
        if not module.check_mode:
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(OPEN)
    for name, text in sorted(module.params["files"].items()):
        path = Path(name)
        if path.exists() and now(path) == text:
            continue
        written.append(name)
        diffs.append(
            {"before_header": name, "after_header": name, "before": now(path), "after": text}
        )
        if not module.check_mode:
            write(module, path, text, mode)
    module.exit_json(changed=bool(written), written=written, diff=diffs)


if __name__ == "__main__":
    main()
