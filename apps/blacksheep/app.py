"""The contract in BlackSheep."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

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
from blacksheep import Application, Request, Response, get, html, json, post, text
from cachetools import LRUCache
from jinja2 import Environment, FileSystemLoader

app = Application()
templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
cache = LRUCache(WORLD_ROWS)


@dataclass
class World:
    id: int
    randomNumber: int  # noqa: N815 - TechEmpower's name


@app.lifespan
async def database(app: Application) -> AsyncIterator[None]:
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        app.services.register(asyncpg.Pool, instance=pool)
        yield


def argument(request: Request, name: str) -> str | None:
    """The first value of a query argument."""
    values = request.query.get(name)
    return values[0] if values else None


@get("/plaintext")
async def plaintext() -> Response:
    return text("Hello, World!")


@get("/json")
async def json_message() -> Response:
    return json({"message": "Hello, World!"})


@post("/echo")
async def echo(request: Request) -> Response:
    query = whole_number("number", argument(request, "number"))
    try:
        document = await request.json()
    except ValueError as error:
        raise BadInput("the body is no JSON") from error
    return json({"query": query, "body": body_number(document)})


@get("/sleep")
async def sleep(request: Request) -> Response:
    seconds = wait_seconds(argument(request, "seconds"))
    await asyncio.sleep(seconds)
    return json({"slept_seconds": seconds})


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> World:
    record = await source.fetchrow(SELECT_WORLD, row)
    return World(record["id"], record["randomnumber"])


@get("/db")
async def db(pool: asyncpg.Pool) -> Response:
    async with pool.acquire() as connection:
        return json(await read_world(connection, random_id()))


@get("/queries")
async def queries(request: Request, pool: asyncpg.Pool) -> Response:
    rows = random_ids(row_count(argument(request, "queries")))
    async with pool.acquire() as connection:
        return json([await read_world(connection, row) for row in rows])


@get("/updates")
async def updates(request: Request, pool: asyncpg.Pool) -> Response:
    rows = random_ids(row_count(argument(request, "queries")))
    async with pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in rows]
        for world in worlds:
            world.randomNumber = random_number()
        changes = [(world.randomNumber, world.id) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return json(worlds)


@get("/cached-queries")
async def cached_queries(request: Request, pool: asyncpg.Pool) -> Response:
    worlds = []
    for row in random_ids(row_count(argument(request, "queries"))):
        if (world := cache.get(row)) is None:
            world = cache[row] = await read_world(pool, row)
        worlds.append(world)
    return json(worlds)


@get("/fortunes")
async def fortunes(pool: asyncpg.Pool) -> Response:
    records = await pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return html(templates.get_template("fortunes.html").render(fortunes=rows))


@get("/brands")
async def brands(pool: asyncpg.Pool) -> Response:
    return json([dict(row) for row in await pool.fetch(SELECT_BRANDS)])


@app.exception_handler(BadInput)
async def bad_input(_: Application, __: Request, error: BadInput) -> Response:
    return json({"error": str(error)}, status=400)
