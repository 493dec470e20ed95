"""The tiers a request passes, and the systemd unit whose figures are each tier's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tier:
    """One kind of host and the unit on it that does the work.

    Attributes:
        group: inventory group of its hosts.
        unit: systemd unit or slice that holds the tier's processes and nothing else.
    """

    name: str
    title: str
    group: str
    unit: str


LOAD_UNIT = "benchrig-load.service"
APP = Tier("app", "app", "app_servers", "benchrig-app.slice")
LOAD = Tier("load_generator", "load generator", "load_generators", LOAD_UNIT)
NGINX = Tier("nginx", "nginx", "nginx", "nginx.service")
POSTGRESQL = Tier("postgresql", "PostgreSQL", "postgres", "system-postgresql.slice")
TIERS = (LOAD, NGINX, APP, POSTGRESQL)
