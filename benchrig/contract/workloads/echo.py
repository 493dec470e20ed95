"""echo: the number of the query and the number of the JSON body, given back.

An app that ignores the body, or answers one request with another's data, shows here.
"""

import json
import random

from benchrig.contract.http import Request
from benchrig.contract.spec import Contract, Question, Target, json_question

NUMBERS = 2**53  # what a JSON number holds exactly


def _post(target: Target, query: float | str, body: bytes) -> Request:
    headers = {"Content-Type": "application/json"}
    return Request(target.at(number=query), "POST", headers, body)


def ask(target: Target, rng: random.Random) -> Question:
    """Two numbers nobody has asked for before."""
    query, number = rng.randrange(NUMBERS), rng.randrange(NUMBERS)
    wanted = {"query": query, "body": number}

    def fault(document: object) -> str:
        return "" if document == wanted else f"not {wanted}"

    return json_question(_post(target, query, json.dumps({"number": number}).encode()), fault)


def hostile(target: Target) -> list[Request]:
    """Bodies that are no JSON, or not the JSON that is expected, and queries that are no number."""
    bodies = [b"", b"{", b"[]", b"null", b'{"number":"x"}', b'{"number":1e999}', b"\xff\xfe"]
    bodies += [b'{"number":' + b"9" * 5000 + b"}", b'{"number":true}']
    queries = ["", "x", "1e3", "%00", "-1", "9" * 5000]
    valid = b'{"number":1}'
    return [_post(target, 1, body) for body in bodies] + [_post(target, q, valid) for q in queries]


CONTRACT = Contract(ask, hostile=hostile)
