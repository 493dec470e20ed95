"""What running machines are given anew at each `up`: name servers, proxies, package indexes."""

from benchrig.lab.definition import Lab
from benchrig.lab.inherit import passing
from benchrig.lab.overlay import overlay_dir
from benchrig.lab.shell import run
from benchrig.lab.systemd import reach

# Removed first: a link that somebody made inside the machine would lead elsewhere out here. The
# umask: the machine's users read these files, whatever root's is on the box.
SCRIPT = """umask 022
write=$1; shift
text=$(cat; echo .); text=${text%.}
for path; do
  printf %s "$text" | cmp -s - "$path" && continue
  echo "$path"
  $write || continue
  rm -f "$path"
  printf %s "$text" > "$path" || exit
done"""


def refresh(lab: Lab, *, write: bool = True) -> list[str]:
    """Write the files that differ; without ``write`` only tell which do.

    Where the machines' systemd is their disks are mounted: the upper directories of running
    machines are not to be touched.
    """
    to_systemd = reach(lab) or []
    roots = [overlay_dir(lab, machine.name) / "root" for machine in lab.machines]
    differing = []
    for relative, text in passing().items():
        paths = [str(root / relative) for root in roots]
        argv = [*to_systemd, "sh", "-c", SCRIPT, "sh", "true" if write else "false", *paths]
        differing += run(argv, input_text=text).stdout.splitlines()
    return differing
