"""What the service on another host was asked to do, by its own count."""

from dataclasses import dataclass

from benchrig.contract.http import Address, NoAnswer, Request
from benchrig.contract.http import ask as ask_once
from benchrig.contract.spec import json_of


@dataclass(frozen=True)
class Asked:
    """Requests that it has answered since it started: waits, and uploads taken in."""

    waits: int
    uploads: int


def asked(peer: Address) -> Asked:
    """Its counts now.

    Raises:
        NoAnswer: it does not run, or is older than the contract and keeps no counts.
    """
    answer = ask_once(peer, Request("/asked"))
    counts = json_of(answer)
    if answer.status != 200 or not isinstance(counts, dict):
        raise NoAnswer(
            f"the service on the other host answers {answer.status} to /asked; "
            "run `ansible-playbook site.yml`"
        )
    return Asked(counts["waits"], counts["uploads"])
