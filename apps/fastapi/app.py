"""The contract in FastAPI."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import asyncpg
import orm
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
from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, Field

templates = Jinja2Templates(directory=TEMPLATES)
Number = Annotated[int, Field(ge=0, lt=2**53, strict=True)]
Seconds = Annotated[float, Query(ge=0, le=SECONDS_MAX, allow_inf_nan=False)]
Rows = Annotated[str | None, Query(alias="queries")]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.cache = LRUCache(WORLD_ROWS)
    pool = asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE)
    async with pool as app.state.pool, orm.session_maker() as app.state.sessions:
        yield


app = FastAPI(lifespan=lifespan)


class Message(BaseModel):
    message: str


class Body(BaseModel):
    number: Number


class Echo(BaseModel):
    query: int
    body: int


class Slept(BaseModel):
    slept_seconds: float


class World(BaseModel):
    id: int
    randomNumber: int  # noqa: N815 - TechEmpower's name


class Brand(BaseModel):
    brand_id: int
    brand_name: str


@app.get("/plaintext")
async def plaintext() -> PlainTextResponse:
    return PlainTextResponse("Hello, World!")


@app.get("/json")
async def json() -> Message:
    return Message(message="Hello, World!")


@app.post("/echo")
async def echo(number: Annotated[int, Query(ge=0, lt=2**53)], body: Body) -> Echo:
    return Echo(query=number, body=body.number)


@app.get("/sleep")
async def sleep(seconds: Seconds = 0.1) -> Slept:
    await asyncio.sleep(seconds)
    return Slept(slept_seconds=seconds)


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> World:
    record = await source.fetchrow(SELECT_WORLD, row)
    return World(id=record["id"], randomNumber=record["randomnumber"])


@app.get("/db")
async def db(request: Request) -> World:
    async with request.app.state.pool.acquire() as connection:
        return await read_world(connection, random_id())


@app.get("/queries")
async def queries(request: Request, count: Rows = None) -> list[World]:
    async with request.app.state.pool.acquire() as connection:
        return [await read_world(connection, row) for row in random_ids(row_count(count))]


@app.get("/updates")
async def updates(request: Request, count: Rows = None) -> list[World]:
    async with request.app.state.pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in random_ids(row_count(count))]
        for world in worlds:
            world.randomNumber = random_number()
        changes = [(world.randomNumber, world.id) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return worlds


@app.get("/cached-queries")
async def cached_queries(request: Request, count: Rows = None) -> list[World]:
    cache, worlds = request.app.state.cache, []
    for row in random_ids(row_count(count)):
        if (world := cache.get(row)) is None:
            world = cache[row] = await read_world(request.app.state.pool, row)
        worlds.append(world)
    return worlds


@app.get("/fortunes", response_class=HTMLResponse)
async def fortunes(request: Request) -> HTMLResponse:
    records = await request.app.state.pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return templates.TemplateResponse(request, "fortunes.html", {"fortunes": rows})


@app.get("/brands")
async def brands(request: Request) -> list[Brand]:
    return [Brand(**row) for row in await request.app.state.pool.fetch(SELECT_BRANDS)]


@app.exception_handler(RequestValidationError)
async def bad_input(_: Request, error: RequestValidationError) -> JSONResponse:
    """FastAPI's own answer repeats the input, which fails where that is no JSON (infinity)."""
    return JSONResponse({"errors": [fault["msg"] for fault in error.errors()]}, 422)


# Routes are tried in order: included first, the router would be looked through at every request.
app.include_router(orm.router)
