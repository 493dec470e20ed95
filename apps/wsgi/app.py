"""The contract as a raw WSGI callable: no framework, a dictionary for a router."""

import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import httpx
from benchrig_contract import (
    ADDED_FORTUNE,
    CHUNK_BYTES,
    DATABASE_URL,
    OUTGOING_TIMEOUT_SECONDS,
    PEER_URL,
    POOL_SIZE,
    SELECT_BRANDS,
    SELECT_FORTUNES,
    TEMPLATES,
    WORLD_ROWS,
    BadInput,
    body_number,
    random_id,
    random_ids,
    random_number,
    row_count,
    wait_seconds,
    wait_urls,
    whole_number,
)
from cachetools import LRUCache, cached
from jinja2 import Environment, FileSystemLoader
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

Environ = dict[str, Any]
# Status, content type and body of an answer.
Answer = tuple[str, str, bytes]
World = dict[str, int]

SELECT_WORLD = "SELECT id, randomnumber FROM world WHERE id = %s"
UPDATE_WORLD = "UPDATE world SET randomnumber = %s WHERE id = %s"
TEXT, JSON, HTML = "text/plain", "application/json", "text/html; charset=utf-8"

templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
client = httpx.Client(timeout=OUTGOING_TIMEOUT_SECONDS)
pool = ConnectionPool(
    DATABASE_URL,
    min_size=POOL_SIZE,
    max_size=POOL_SIZE,
    kwargs={"autocommit": True},
    open=True,
)
pool.wait(timeout=10)  # a database that lets nobody in shows at start, not at the first request


def as_json(document: object, status: str = "200 OK") -> Answer:
    return status, JSON, json.dumps(document).encode()


def argument(environ: Environ, name: str) -> str | None:
    """The first value of a query argument."""
    values = parse_qs(environ.get("QUERY_STRING", "")).get(name)
    return values[0] if values else None


def pieces(environ: Environ) -> Iterable[bytes]:
    """The request's body as it comes."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left and (piece := environ["wsgi.input"].read(min(left, CHUNK_BYTES))):
        left -= len(piece)
        yield piece


def plaintext(_: Environ) -> Answer:
    return "200 OK", TEXT, b"Hello, World!"


def json_message(_: Environ) -> Answer:
    return as_json({"message": "Hello, World!"})


def echo(environ: Environ) -> Answer:
    query = whole_number("number", argument(environ, "number"))
    try:
        document = json.loads(b"".join(pieces(environ)))
    except ValueError as error:
        raise BadInput("the body is no JSON") from error
    return as_json({"query": query, "body": body_number(document)})


def sleep(environ: Environ) -> Answer:
    seconds = wait_seconds(argument(environ, "seconds"))
    time.sleep(seconds)
    return as_json({"slept_seconds": seconds})


def read_world(connection: Connection, row: int) -> World:
    number, value = connection.execute(SELECT_WORLD, (row,)).fetchone()
    return {"id": number, "randomNumber": value}


def db(_: Environ) -> Answer:
    with pool.connection() as connection:
        return as_json(read_world(connection, random_id()))


def queries(environ: Environ) -> Answer:
    rows = random_ids(row_count(argument(environ, "queries")))
    with pool.connection() as connection:
        return as_json([read_world(connection, row) for row in rows])


def updates(environ: Environ) -> Answer:
    rows = random_ids(row_count(argument(environ, "queries")))
    with pool.connection() as connection:
        worlds = [read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        with connection.transaction():
            connection.cursor().executemany(UPDATE_WORLD, changes)
    return as_json(worlds)


@cached(LRUCache(WORLD_ROWS), lock=threading.Lock())
def cached_world(row: int) -> World:
    with pool.connection() as connection:
        return read_world(connection, row)


def cached_queries(environ: Environ) -> Answer:
    return as_json(
        [cached_world(row) for row in random_ids(row_count(argument(environ, "queries")))]
    )


def read_dicts(query: str) -> list[dict[str, Any]]:
    with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()


def fortunes(_: Environ) -> Answer:
    rows = read_dicts(SELECT_FORTUNES)
    rows.append({"id": 0, "message": ADDED_FORTUNE})
    rows.sort(key=lambda row: row["message"])
    return "200 OK", HTML, templates.get_template("fortunes.html").render(fortunes=rows).encode()


def brands(_: Environ) -> Answer:
    return as_json(read_dicts(SELECT_BRANDS))


def fanout(environ: Environ) -> Answer:
    """One address after the other."""
    urls = wait_urls(*(argument(environ, name) for name in ("urls", "seconds", "number")))
    return as_json({"numbers": [client.get(url).json()["number"] for url in urls]})


def upload(environ: Environ) -> Answer:
    return as_json(client.post(f"{PEER_URL}/sink", content=pieces(environ)).json())


ROUTES: dict[tuple[str, str], Callable[[Environ], Answer]] = {
    ("GET", "/plaintext"): plaintext,
    ("GET", "/json"): json_message,
    ("POST", "/echo"): echo,
    ("GET", "/sleep"): sleep,
    ("GET", "/db"): db,
    ("GET", "/queries"): queries,
    ("GET", "/updates"): updates,
    ("GET", "/cached-queries"): cached_queries,
    ("GET", "/fortunes"): fortunes,
    ("GET", "/brands"): brands,
    ("GET", "/fanout/sync"): fanout,
    ("POST", "/upload"): upload,
}


def not_found(_: Environ) -> Answer:
    return as_json({"error": "not found"}, "404 Not Found")


def app(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    handler = ROUTES.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]), not_found)
    try:
        status, kind, body = handler(environ)
    except BadInput as error:
        status, kind, body = as_json({"error": str(error)}, "400 Bad Request")
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
