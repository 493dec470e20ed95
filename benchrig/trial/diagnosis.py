"""What an app's journal says is wrong, where it says it in words we know, and the way out."""

import re
from dataclasses import dataclass

SERVICES_FILE = "/opt/benchrig/services.env"


@dataclass(frozen=True)
class Pattern:
    """Words of a journal, and what they mean; groups of the expression fill the text."""

    expression: str
    meaning: str


PATTERNS = (
    Pattern(
        r"password authentication failed for user \"(?P<user>[^\"]+)\"",
        f"{SERVICES_FILE}, DATABASE_URL: PostgreSQL refuses the password of '{{user}}'; "
        "run `ansible-playbook site.yml --tags postgresql,app_server`, which sets both sides from "
        ".secrets/postgresql of the inventory",
    ),
    Pattern(
        r"no pg_hba.conf entry for host \"(?P<host>[^\"]+)\"",
        "PostgreSQL lets {host} not in: it is no app server of this inventory; "
        "run `ansible-playbook site.yml --tags postgresql`",
    ),
    Pattern(
        r"(?:connect_utils\.py|connection to server at)[\s\S]*?(?P<why>"
        r"Connection refused|No route to host|[Tt]imed? ?out)",
        f"{SERVICES_FILE}, DATABASE_URL: no PostgreSQL answers there ({{why}}); "
        "run `ansible-playbook site.yml --tags postgresql`",
    ),
    Pattern(
        r"[Aa]ddress already in use",
        "another process holds the port: `systemctl status 'benchrig-app@*'` on the app server "
        "shows which",
    ),
    Pattern(
        r"ModuleNotFoundError: No module named '(?P<module>[^']+)'",
        "the app's environment lacks '{module}': add it to requirements.in, then `make lock` and "
        "`ansible-playbook site.yml --tags app_server`",
    ),
)


def diagnose(journal: str) -> str:
    """What the journal means and the way out; empty where it says nothing we know."""
    for pattern in PATTERNS:
        found = re.search(pattern.expression, journal)
        if found:
            return pattern.meaning.format(**found.groupdict())
    return ""
