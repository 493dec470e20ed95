"""The checks of each workload."""

import http.client
import json
from collections.abc import Callable

from benchrig.contract.client import Answer, Client, Outcome

Check = Callable[[Client, str], Outcome]
KEPT_ALIVE_REQUESTS = 10


def answers(name: str, fault: Callable[[Answer], str]) -> Check:
    """A check that one GET is answered with 200, the usual headers and a body without fault."""

    def check(client: Client, path: str) -> Outcome:
        try:
            answer = client.get(path)
        except (OSError, http.client.HTTPException) as error:
            return Outcome(
                name, passed=False, detail=f"GET {path}: {type(error).__name__}: {error}"
            )
        found = _common_fault(answer) or fault(answer)
        return Outcome(name, not found, f"GET {path}: {found}" if found else "")

    return check


def keeps_answering(client: Client, path: str) -> Outcome:
    """Several requests on one connection, each answered alike: a single one proves little."""
    connection = client.connect()
    try:
        for number in range(KEPT_ALIVE_REQUESTS):
            status = client.get(path, connection).status
            if status != 200:
                detail = f"GET {path}: request {number + 1} on one connection answers {status}"
                return Outcome("kept-alive", passed=False, detail=detail)
    except (OSError, http.client.HTTPException) as error:
        return Outcome(
            "kept-alive", passed=False, detail=f"GET {path}: {type(error).__name__}: {error}"
        )
    finally:
        connection.close()
    return Outcome("kept-alive", passed=True)


def _common_fault(answer: Answer) -> str:
    if answer.status != 200:
        return f"status is {answer.status}, not 200"
    for header in ("server", "date", "content-type"):
        if header not in answer.headers:
            return f"there is no {header} header"
    return ""


def _content_type_fault(answer: Answer, wanted: str) -> str:
    given = answer.headers["content-type"].split(";")[0].strip()
    return "" if given == wanted else f"content type is {given}, not {wanted}"


def plaintext_fault(answer: Answer) -> str:
    """``Hello, World!`` as text."""
    wrong = "" if answer.body == b"Hello, World!" else f"body is {answer.body[:60]!r}"
    return _content_type_fault(answer, "text/plain") or wrong


def json_fault(answer: Answer) -> str:
    """Exactly ``{"message": "Hello, World!"}``."""
    parsed = _json(answer)
    wrong = "" if parsed == {"message": "Hello, World!"} else f"body is {answer.body[:60]!r}"
    return _content_type_fault(answer, "application/json") or wrong


def sleep_fault(answer: Answer) -> str:
    """An object that repeats the wait."""
    parsed = _json(answer)
    good = isinstance(parsed, dict) and isinstance(parsed.get("slept_seconds"), float | int)
    return "" if good else f"body is {answer.body[:60]!r}, not {{'slept_seconds': number}}"


def brands_fault(answer: Answer) -> str:
    """All 200 rows, each with its number and name."""
    parsed = _json(answer)
    if not isinstance(parsed, list) or len(parsed) != 200:
        return "body is not a list of 200 brands"
    numbers = sorted(row.get("brand_id") for row in parsed)
    named = all(isinstance(row.get("brand_name"), str) for row in parsed)
    return "" if numbers == list(range(1, 201)) and named else "brands are not numbered 1 to 200"


def _json(answer: Answer) -> object:
    try:
        parsed: object = json.loads(answer.body)
    except ValueError:
        return None
    return parsed


CHECKS: dict[str, list[Check]] = {
    "plaintext": [answers("plaintext", plaintext_fault), keeps_answering],
    "json": [answers("json", json_fault), keeps_answering],
    "sleep": [answers("sleep", sleep_fault)],
    "brands": [answers("brands", brands_fault), keeps_answering],
}
