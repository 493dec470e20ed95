"""Routes with synchronous views."""

from django.urls import path

from project import database, fanout, orm, views

shared = [
    path("db", database.db),
    path("queries", database.queries),
    path("updates", database.updates),
    path("fortunes", database.fortunes),
    path("cached-queries", database.cached_queries),
    path("brands", database.brands),
    path("orm/db", orm.db),
    path("orm/queries", orm.queries),
    path("orm/updates", orm.updates),
    path("orm/fortunes", orm.fortunes),
    path("orm/brands", orm.brands),
    path("fanout", fanout.awaited),
    path("fanout/sync", fanout.one_by_one),
    path("fanout/sync-to-async", fanout.sync_to_async_view),
    path("fanout/sync-to-async-threads", fanout.sync_to_async_threads_view),
    path("fanout/async-to-sync", fanout.async_to_sync_view),
    path("upload", views.upload),
]
urlpatterns = [
    path("plaintext", views.plaintext),
    path("json", views.json),
    path("echo", views.echo),
    path("sleep", views.sleep),
    *shared,
]
