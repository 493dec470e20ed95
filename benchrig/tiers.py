"""The tiers a request passes, and the systemd unit whose figures are each tier's."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Tier:
    """One kind of host and the unit on it that does the work.

    Attributes:
        group: inventory group of its hosts.
        unit: systemd unit or slice that holds the tier's processes and nothing else.
        workers: what works side by side in it, and is looked at one by one.
    """

    name: str
    title: str
    group: str
    unit: str
    workers: Literal["processes", "threads"] = "processes"


LOAD_UNIT = "benchrig-load.service"
APP = Tier("app", "app", "app_servers", "benchrig-app.slice")
LOAD = Tier("load_generator", "load generator", "load_generators", LOAD_UNIT, "threads")
NGINX = Tier("nginx", "nginx", "nginx", "nginx.service")
POSTGRESQL = Tier("postgresql", "PostgreSQL", "postgres", "system-postgresql.slice")
TIERS = (LOAD, NGINX, APP, POSTGRESQL)

# Units that measure. What they use on a host is told with every run; not all are on each host.
OBSERVERS = (
    "benchrig-exporter.service",
    "prometheus-nginx-exporter.service",
    "prometheus-node-exporter.service",
    "prometheus-postgres-exporter.service",
    "prometheus-process-exporter.service",
    "prometheus.service",
)
