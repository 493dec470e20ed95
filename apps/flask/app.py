"""The contract in Flask, with synchronous views."""

import functools
import threading
import time
from typing import Any

import httpx
import orm
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
from flask import Flask, Response, render_template, request
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

SELECT_WORLD = "SELECT id, randomnumber FROM world WHERE id = %s"
UPDATE_WORLD = "UPDATE world SET randomnumber = %s WHERE id = %s"

app = Flask(__name__, template_folder=TEMPLATES)
app.register_blueprint(orm.blueprint)
pool = ConnectionPool(
    DATABASE_URL,
    min_size=POOL_SIZE,
    max_size=POOL_SIZE,
    kwargs={"autocommit": True},
    open=True,
)
pool.wait(timeout=10)  # a database that lets nobody in shows at start, not at the first request
client = httpx.Client(timeout=OUTGOING_TIMEOUT_SECONDS)


@app.get("/plaintext")
def plaintext() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@app.post("/echo")
def echo() -> dict[str, int]:
    query = whole_number("number", request.args.get("number", ""))
    return {"query": query, "body": body_number(request.get_json())}


@app.get("/sleep")
def sleep() -> dict[str, float]:
    seconds = wait_seconds(request.args.get("seconds"))
    time.sleep(seconds)
    return {"slept_seconds": seconds}


def read_world(connection: Connection, row: int) -> dict[str, int]:
    number, value = connection.execute(SELECT_WORLD, (row,)).fetchone()
    return {"id": number, "randomNumber": value}


@app.get("/db")
def db() -> dict[str, int]:
    with pool.connection() as connection:
        return read_world(connection, random_id())


@app.get("/queries")
def queries() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    with pool.connection() as connection:
        return [read_world(connection, row) for row in rows]


@app.get("/updates")
def updates() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    with pool.connection() as connection:
        worlds = [read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        with connection.transaction():
            connection.cursor().executemany(UPDATE_WORLD, changes)
    return worlds


@cached(LRUCache(WORLD_ROWS), lock=threading.Lock())
def cached_world(row: int) -> dict[str, int]:
    with pool.connection() as connection:
        return read_world(connection, row)


@app.get("/cached-queries")
def cached_queries() -> list[dict[str, int]]:
    return [cached_world(row) for row in random_ids(row_count(request.args.get("queries")))]


def read_dicts(query: str) -> list[dict[str, Any]]:
    with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()


@app.get("/fortunes")
def fortunes() -> str:
    rows = read_dicts(SELECT_FORTUNES)
    rows.append({"id": 0, "message": ADDED_FORTUNE})
    rows.sort(key=lambda row: row["message"])
    return render_template("fortunes.html", fortunes=rows)


@app.get("/brands")
def brands() -> list[dict[str, Any]]:
    return read_dicts(SELECT_BRANDS)


@app.get("/fanout/sync")
def fanout() -> dict[str, list[int]]:
    """One address after the other: a synchronous view has no other way without threads."""
    urls = wait_urls(*(request.args.get(name) for name in ("urls", "seconds", "number")))
    return {"numbers": [client.get(url).json()["number"] for url in urls]}


@app.post("/upload")
def upload() -> dict[str, int]:
    pieces = iter(functools.partial(request.stream.read, CHUNK_BYTES), b"")
    return client.post(f"{PEER_URL}/sink", content=pieces).json()


@app.errorhandler(BadInput)
def bad_input(error: BadInput) -> tuple[dict[str, str], int]:
    return {"error": str(error)}, 400
