"""Nothing put in: Django behind nginx."""

from benchrig.selftest.case import Case

CASE = Case(
    name="clean-django-nginx",
    kind="clean",
    summary="django-asgi behind nginx, json",
    expects=frozenset({"app-cpu"}),
    variant="django-asgi",
    via="nginx",
)
