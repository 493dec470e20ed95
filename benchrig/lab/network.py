"""The lab's bridge on the box, and the way out to the package registries."""

from pathlib import Path

from benchrig.lab.definition import Lab
from benchrig.lab.shell import run


def bridge_is_up(lab: Lab) -> bool:
    """Whether the bridge exists and carries the lab's gateway address."""
    shown = run(["ip", "-4", "-oneline", "address", "show", "dev", lab.bridge], check=False).stdout
    return f" {lab.gateway}/{lab.network.prefixlen} " in shown


def ensure_network(lab: Lab) -> bool:
    """Bridge, address and NAT as the lab needs them; tells whether anything changed.

    The nftables table is replaced as a whole each time, so nothing that a killed lab left is in
    the way.
    """
    changed = not bridge_is_up(lab)
    if changed:
        run(["ip", "link", "delete", lab.bridge], check=False)
        run(["ip", "link", "add", lab.bridge, "type", "bridge", "forward_delay", "0"])
        address = f"{lab.gateway}/{lab.network.prefixlen}"
        run(["ip", "address", "add", address, "dev", lab.bridge])
    run(["ip", "link", "set", lab.bridge, "up"])
    run(["nft", "-f", "-"], input_text=nat_rules(lab))
    _let_through_iptables(lab, "-I")
    return changed


def remove_network(lab: Lab) -> None:
    """Take away what `ensure_network` made."""
    run(["nft", "-f", "-"], input_text=f"table ip {_table(lab)}\ndelete table ip {_table(lab)}\n")
    _let_through_iptables(lab, "-D")
    run(["ip", "link", "delete", lab.bridge], check=False)


def _table(lab: Lab) -> str:
    return f"benchrig_{lab.name}"


def nat_rules(lab: Lab) -> str:
    """The lab's nftables table: what leaves the lab for elsewhere goes out as the box.

    The box's way out may carry smaller packets than the lab's bridge (a cloud, a tunnel): peers are
    told its size when a connection opens, or they would send what never arrives.
    """
    # One statement a line: nft 1.0.6 reads no other form of this.
    return f"""table ip {_table(lab)}
delete table ip {_table(lab)}
table ip {_table(lab)} {{
  chain postrouting {{
    type nat hook postrouting priority srcnat
    policy accept
    ip saddr {lab.network} ip daddr != {lab.network} masquerade
  }}
  chain forward {{
    type filter hook forward priority mangle
    policy accept
    ip saddr {lab.network} tcp flags syn tcp option maxseg size set rt mtu
  }}
}}
"""


def _let_through_iptables(lab: Lab, action: str) -> None:
    """Where Docker or a firewall drops forwarded packets, let the lab's own pass.

    Only where an iptables FORWARD chain with a DROP policy exists; nft tables of our own can not
    overrule it.
    """
    policy = ["iptables", "-w", "-S", "FORWARD"]
    if not any(Path(d, "iptables").exists() for d in ("/usr/sbin", "/sbin")):
        return
    rules = run(policy, check=False).stdout.splitlines()
    for side in ("-i", "-o"):
        rule = ["FORWARD", side, lab.bridge, "-j", "ACCEPT"]
        present = f"-A {' '.join(rule)}" in rules
        if (action == "-I" and not present and "-P FORWARD DROP" in rules) or (
            action == "-D" and present
        ):
            run(["iptables", "-w", action, *rule])
