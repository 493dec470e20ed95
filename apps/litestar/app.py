"""The contract in Litestar."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

import asyncpg
from benchrig_contract import (
    ADDED_FORTUNE,
    DATABASE_URL,
    POOL_SIZE,
    SECONDS_MAX,
    SELECT_BRANDS,
    SELECT_FORTUNES,
    SELECT_WORLD,
    TEMPLATES,
    UPDATE_WORLD,
    WORLD_ROWS,
    random_id,
    random_ids,
    random_number,
    row_count,
)
from cachetools import LRUCache
from litestar import Litestar, MediaType, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, QueryParameter
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig
from msgspec import Meta

Number = Annotated[int, QueryParameter(ge=0, lt=2**53)]
Seconds = Annotated[float, QueryParameter(ge=0, le=SECONDS_MAX)]
Rows = Annotated[str | None, QueryParameter(name="queries")]


@asynccontextmanager
async def resources(app: Litestar) -> AsyncIterator[None]:
    pool = asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE)
    app.state.cache = LRUCache(WORLD_ROWS)
    async with pool as app.state.pool:
        yield


@dataclass
class Body:
    number: Annotated[int, Meta(ge=0, lt=2**53)]


@dataclass
class World:
    id: int
    randomNumber: int  # noqa: N815 - TechEmpower's name


@get("/plaintext", media_type=MediaType.TEXT)
async def plaintext() -> str:
    return "Hello, World!"


@get("/json")
async def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@post("/echo", status_code=200)
async def echo(number: Number, data: JSONBody[Body]) -> dict[str, int]:
    return {"query": number, "body": data.number}


@get("/sleep")
async def sleep(seconds: Seconds = 0.1) -> dict[str, float]:
    await asyncio.sleep(seconds)
    return {"slept_seconds": seconds}


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> World:
    record = await source.fetchrow(SELECT_WORLD, row)
    return World(record["id"], record["randomnumber"])


@get("/db")
async def db(state: State) -> World:
    async with state.pool.acquire() as connection:
        return await read_world(connection, random_id())


@get("/queries")
async def queries(state: State, count: Rows = None) -> list[World]:
    async with state.pool.acquire() as connection:
        return [await read_world(connection, row) for row in random_ids(row_count(count))]


@get("/updates")
async def updates(state: State, count: Rows = None) -> list[World]:
    async with state.pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in random_ids(row_count(count))]
        for world in worlds:
            world.randomNumber = random_number()
        changes = [(world.randomNumber, world.id) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return worlds


@get("/cached-queries")
async def cached_queries(state: State, count: Rows = None) -> list[World]:
    worlds = []
    for row in random_ids(row_count(count)):
        if (world := state.cache.get(row)) is None:
            world = state.cache[row] = await read_world(state.pool, row)
        worlds.append(world)
    return worlds


@get("/fortunes")
async def fortunes(state: State) -> Template:
    records = await state.pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return Template("fortunes.html", context={"fortunes": rows})


@get("/brands")
async def brands(state: State) -> list[dict[str, int | str]]:
    return [dict(row) for row in await state.pool.fetch(SELECT_BRANDS)]


app = Litestar(
    [plaintext, json, echo, sleep, db, queries, updates, cached_queries, fortunes, brands],
    lifespan=[resources],
    template_config=TemplateConfig(directory=TEMPLATES, engine=JinjaTemplateEngine),
)
