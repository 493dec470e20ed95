"""Nothing put in: Django."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-django",
    kind="clean",
    summary="django-asgi, json",
    expects=frozenset({"app-cpu"}),
    variant="django-asgi",
)
