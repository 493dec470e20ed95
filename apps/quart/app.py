"""The contract in Quart."""

import asyncio
import time
from collections.abc import AsyncIterator

import asyncpg
import httpx
import orm
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
from quart import Quart, Response, render_template, request

app = Quart(__name__, template_folder=str(TEMPLATES))
app.config["MAX_CONTENT_LENGTH"] = None  # uploads are passed on, never held
app.register_blueprint(orm.blueprint)


@app.while_serving
async def resources() -> AsyncIterator[None]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    app.cache = LRUCache(WORLD_ROWS)
    async with (
        asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as app.pool,
        httpx.AsyncClient(limits=limits, timeout=OUTGOING_TIMEOUT_SECONDS) as app.client,
        orm.session_maker() as app.sessions,
    ):
        yield


@app.get("/plaintext")
async def plaintext() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
async def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@app.post("/echo")
async def echo() -> dict[str, int]:
    query = whole_number("number", request.args.get("number", ""))
    return {"query": query, "body": body_number(await request.get_json())}


@app.get("/sleep")
async def sleep() -> dict[str, float]:
    seconds = wait_seconds(request.args.get("seconds"))
    await asyncio.sleep(seconds)
    return {"slept_seconds": seconds}


@app.get("/sleep/blocking")
async def sleep_blocking() -> dict[str, float]:
    """The mistake that the workload is there to show: it stops the event loop."""
    seconds = wait_seconds(request.args.get("seconds"))
    time.sleep(seconds)
    return {"slept_seconds": seconds}


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> dict[str, int]:
    record = await source.fetchrow(SELECT_WORLD, row)
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


@app.get("/db")
async def db() -> dict[str, int]:
    async with app.pool.acquire() as connection:
        return await read_world(connection, random_id())


@app.get("/queries")
async def queries() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    async with app.pool.acquire() as connection:
        return [await read_world(connection, row) for row in rows]


@app.get("/updates")
async def updates() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    async with app.pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return worlds


@app.get("/cached-queries")
async def cached_queries() -> list[dict[str, int]]:
    worlds = []
    for row in random_ids(row_count(request.args.get("queries"))):
        if (world := app.cache.get(row)) is None:
            world = app.cache[row] = await read_world(app.pool, row)
        worlds.append(world)
    return worlds


@app.get("/fortunes")
async def fortunes() -> str:
    records = await app.pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return await render_template("fortunes.html", fortunes=rows)


@app.get("/brands")
async def brands() -> list[dict[str, object]]:
    return [dict(row) for row in await app.pool.fetch(SELECT_BRANDS)]


@app.get("/fanout")
async def fanout() -> dict[str, list[int]]:
    urls = wait_urls(*(request.args.get(name) for name in ("urls", "seconds", "number")))
    answers = await asyncio.gather(*(app.client.get(url) for url in urls))
    return {"numbers": [answer.json()["number"] for answer in answers]}


@app.post("/upload")
async def upload() -> dict[str, int]:
    answer = await app.client.post(f"{PEER_URL}/sink", content=request.body)
    return answer.json()


@app.errorhandler(BadInput)
@app.errorhandler(UnicodeDecodeError)  # a JSON body that is not UTF-8
async def bad_input(error: ValueError) -> tuple[dict[str, str], int]:
    return {"error": str(error)}, 400
