"""What the contract calls bad input is a BadRequest to Django."""

from collections.abc import Iterator
from contextlib import contextmanager

from benchrig_contract import BadInput
from django.core.exceptions import BadRequest


@contextmanager
def bad_request() -> Iterator[None]:
    """Answer 400 when reading the request's input fails."""
    try:
        yield
    except BadInput as error:
        raise BadRequest(str(error)) from error
