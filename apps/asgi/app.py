"""The contract as a raw ASGI callable: no framework, a dictionary for a router."""

import asyncio
import json
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import asyncpg
import httpx
from benchrig_contract import (
    ADDED_FORTUNE,
    DATABASE_URL,
    OUTGOING_TIMEOUT_SECONDS,
    PEER_URL,
    POOL_SIZE,
    SELECT_BRANDS,
    SELECT_FORTUNES,
    SELECT_WORLD,
    TEMPLATES,
    UPDATE_WORLD,
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
from cachetools import LRUCache
from jinja2 import Environment, FileSystemLoader

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
# Status, content type and body of an answer.
Answer = tuple[int, bytes, bytes]
World = dict[str, int]

TEXT, JSON, HTML = b"text/plain", b"application/json", b"text/html; charset=utf-8"
templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
cache = LRUCache(WORLD_ROWS)


class Resources:
    """What the app opens when it starts: set by ``lifespan``."""

    pool: asyncpg.Pool
    client: httpx.AsyncClient


def as_json(document: object, status: int = 200) -> Answer:
    return status, JSON, json.dumps(document).encode()


def argument(scope: Scope, name: str) -> str | None:
    """The first value of a query argument."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name)
    return values[0] if values else None


async def pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The request's body as it comes."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadInput("the client has gone")
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def plaintext(_: Scope, __: Receive) -> Answer:
    return 200, TEXT, b"Hello, World!"


async def json_message(_: Scope, __: Receive) -> Answer:
    return as_json({"message": "Hello, World!"})


async def echo(scope: Scope, receive: Receive) -> Answer:
    query = whole_number("number", argument(scope, "number"))
    body = b"".join([piece async for piece in pieces(receive)])
    try:
        document = json.loads(body)
    except ValueError as error:
        raise BadInput("the body is no JSON") from error
    return as_json({"query": query, "body": body_number(document)})


async def sleep(scope: Scope, _: Receive) -> Answer:
    seconds = wait_seconds(argument(scope, "seconds"))
    await asyncio.sleep(seconds)
    return as_json({"slept_seconds": seconds})


async def sleep_blocking(scope: Scope, _: Receive) -> Answer:
    """The mistake that the workload is there to show: it stops the event loop."""
    seconds = wait_seconds(argument(scope, "seconds"))
    time.sleep(seconds)
    return as_json({"slept_seconds": seconds})


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> World:
    record = await source.fetchrow(SELECT_WORLD, row)
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


async def db(_: Scope, __: Receive) -> Answer:
    async with Resources.pool.acquire() as connection:
        return as_json(await read_world(connection, random_id()))


async def queries(scope: Scope, _: Receive) -> Answer:
    rows = random_ids(row_count(argument(scope, "queries")))
    async with Resources.pool.acquire() as connection:
        return as_json([await read_world(connection, row) for row in rows])


async def updates(scope: Scope, _: Receive) -> Answer:
    rows = random_ids(row_count(argument(scope, "queries")))
    async with Resources.pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return as_json(worlds)


async def cached_queries(scope: Scope, _: Receive) -> Answer:
    worlds = []
    for row in random_ids(row_count(argument(scope, "queries"))):
        if (world := cache.get(row)) is None:
            world = cache[row] = await read_world(Resources.pool, row)
        worlds.append(world)
    return as_json(worlds)


async def fortunes(_: Scope, __: Receive) -> Answer:
    records = await Resources.pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    page = templates.get_template("fortunes.html").render(fortunes=rows)
    return 200, HTML, page.encode()


async def brands(_: Scope, __: Receive) -> Answer:
    return as_json([dict(row) for row in await Resources.pool.fetch(SELECT_BRANDS)])


async def fanout(scope: Scope, _: Receive) -> Answer:
    urls = wait_urls(*(argument(scope, name) for name in ("urls", "seconds", "number")))
    answers = await asyncio.gather(*(Resources.client.get(url) for url in urls))
    return as_json({"numbers": [answer.json()["number"] for answer in answers]})


async def upload(_: Scope, receive: Receive) -> Answer:
    answer = await Resources.client.post(f"{PEER_URL}/sink", content=pieces(receive))
    return as_json(answer.json())


ROUTES = {
    ("GET", "/plaintext"): plaintext,
    ("GET", "/json"): json_message,
    ("POST", "/echo"): echo,
    ("GET", "/sleep"): sleep,
    ("GET", "/sleep/blocking"): sleep_blocking,
    ("GET", "/db"): db,
    ("GET", "/queries"): queries,
    ("GET", "/updates"): updates,
    ("GET", "/cached-queries"): cached_queries,
    ("GET", "/fortunes"): fortunes,
    ("GET", "/brands"): brands,
    ("GET", "/fanout"): fanout,
    ("POST", "/upload"): upload,
}


async def not_found(_: Scope, __: Receive) -> Answer:
    return as_json({"error": "not found"}, 404)


async def lifespan(receive: Receive, send: Send) -> None:
    """Open the database and the client when the server starts, close them when it ends."""
    await receive()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    try:
        pool = await asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE)
    except (OSError, asyncpg.PostgresError):
        # An app that raises here is taken for one that knows no lifespan, and served without.
        await send({"type": "lifespan.startup.failed", "message": traceback.format_exc()})
        return
    async with pool, httpx.AsyncClient(limits=limits, timeout=OUTGOING_TIMEOUT_SECONDS) as client:
        Resources.pool, Resources.client = pool, client
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
        return
    handler = ROUTES.get((scope["method"], scope["path"]), not_found)
    try:
        status, kind, body = await handler(scope, receive)
    except BadInput as error:
        status, kind, body = as_json({"error": str(error)}, 400)
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
