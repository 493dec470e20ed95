"""``benchrig-load``: runs load drivers on a load generator host, one phase at a time.

It runs in an environment of its own there (prometheus-client, hdrhistogram), as a transient systemd
unit whose standard input is the control node's SSH channel.
"""
