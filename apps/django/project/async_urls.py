"""Routes with asynchronous views where nothing synchronous is behind them.

Django's ORM and cursors are synchronous, also behind their async names, so the database views stay
as they are and Django runs them in threads.
"""

from django.urls import path

from project import async_views
from project.urls import shared

urlpatterns = [
    path("plaintext", async_views.plaintext),
    path("json", async_views.json),
    path("echo", async_views.echo),
    path("sleep", async_views.sleep),
    *shared,
]
