"""``benchrig-exporter``: what systemd, cgroups and the kernel know exactly, for Prometheus.

Runs on every host of the rig under the system's own Python with Debian's python3-prometheus-client.
What it reads it reads with the code that the host sessions read counters with.
"""
