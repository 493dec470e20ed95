"""websocket: a counter; each client hears how many there are after each join and leave."""

import random

from benchrig.contract.http import NoAnswer
from benchrig.contract.spec import Contract, Target
from benchrig.contract.websocket import WebSocket


def joins_and_leaves(target: Target, rng: random.Random) -> str:
    """Three clients join one by one and leave in random order; all hear each new count."""
    clients: list[WebSocket] = []
    try:
        for count in range(1, 4):
            clients.append(WebSocket(target.address, target.at()))
            fault = _hear(clients, count)
            if fault:
                return f"{count} joined: {fault}"
        while len(clients) > 1:
            clients.pop(rng.randrange(len(clients))).close()
            fault = _hear(clients, len(clients))
            if fault:
                return f"{len(clients)} left of three: {fault}"
    except NoAnswer as error:
        return str(error)
    finally:
        for client in clients:
            client.close()
    return ""


def _hear(clients: list[WebSocket], count: int) -> str:
    heard = [client.receive() for client in clients]
    wrong = [text for text in heard if text != str(count)]
    return f"a client heard {wrong[0]!r}, not '{count}'" if wrong else ""


CONTRACT = Contract(None, checks={"counter": joins_and_leaves})
