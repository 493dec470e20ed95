"""Settings of the crax app: its routes."""

from crax.urls import Route, Url
from views import Echo, Json, OneRow, Plaintext, Rows, Sleep

URL_PATTERNS = [
    Route(Url("/plaintext/"), Plaintext),
    Route(Url("/json/"), Json),
    Route(Url("/db/"), OneRow),
    Route(Url("/queries/"), Rows),
    Route(Url("/echo/"), Echo),
    Route(Url("/sleep/"), Sleep),
]
