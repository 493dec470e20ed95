"""The contract in Sanic."""

import asyncio

import asyncpg
from benchrig_contract import (
    ADDED_FORTUNE,
    DATABASE_URL,
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
    whole_number,
)
from cachetools import LRUCache
from jinja2 import Environment, FileSystemLoader
from sanic import HTTPResponse, Request, Sanic, html, json, text

app = Sanic("benchrig")
app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 5.0  # for idle connections; a unit has 10 s to stop
templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


@app.before_server_start
async def open_pool(app: Sanic) -> None:
    app.ctx.pool = await asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE)
    app.ctx.cache = LRUCache(WORLD_ROWS)


@app.after_server_stop
async def close_pool(app: Sanic) -> None:
    await app.ctx.pool.close()


@app.get("/plaintext")
async def plaintext(_: Request) -> HTTPResponse:
    return text("Hello, World!")


@app.get("/json")
async def json_message(_: Request) -> HTTPResponse:
    return json({"message": "Hello, World!"})


@app.post("/echo")
async def echo(request: Request) -> HTTPResponse:
    query = whole_number("number", request.args.get("number", ""))
    return json({"query": query, "body": body_number(request.json)})


@app.get("/sleep")
async def sleep(request: Request) -> HTTPResponse:
    seconds = wait_seconds(request.args.get("seconds"))
    await asyncio.sleep(seconds)
    return json({"slept_seconds": seconds})


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> dict[str, int]:
    record = await source.fetchrow(SELECT_WORLD, row)
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


@app.get("/db")
async def db(request: Request) -> HTTPResponse:
    async with request.app.ctx.pool.acquire() as connection:
        return json(await read_world(connection, random_id()))


@app.get("/queries")
async def queries(request: Request) -> HTTPResponse:
    rows = random_ids(row_count(request.args.get("queries")))
    async with request.app.ctx.pool.acquire() as connection:
        return json([await read_world(connection, row) for row in rows])


@app.get("/updates")
async def updates(request: Request) -> HTTPResponse:
    rows = random_ids(row_count(request.args.get("queries")))
    async with request.app.ctx.pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return json(worlds)


@app.get("/cached-queries")
async def cached_queries(request: Request) -> HTTPResponse:
    cache, worlds = request.app.ctx.cache, []
    for row in random_ids(row_count(request.args.get("queries"))):
        if (world := cache.get(row)) is None:
            world = cache[row] = await read_world(request.app.ctx.pool, row)
        worlds.append(world)
    return json(worlds)


@app.get("/fortunes")
async def fortunes(request: Request) -> HTTPResponse:
    records = await request.app.ctx.pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return html(templates.get_template("fortunes.html").render(fortunes=rows))


@app.get("/brands")
async def brands(request: Request) -> HTTPResponse:
    rows = await request.app.ctx.pool.fetch(SELECT_BRANDS)
    return json([dict(row) for row in rows])


@app.exception(BadInput)
async def bad_input(_: Request, error: BadInput) -> HTTPResponse:
    return json({"error": str(error)}, status=400)
