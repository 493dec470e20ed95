"""The contract in Starlette."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

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
from counter import Counter
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.templating import Jinja2Templates

templates = Jinja2Templates(directory=TEMPLATES)


class State(TypedDict):
    pool: asyncpg.Pool
    sessions: async_sessionmaker[AsyncSession]
    client: httpx.AsyncClient
    cache: LRUCache


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[State]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    async with (
        asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool,
        httpx.AsyncClient(limits=limits, timeout=OUTGOING_TIMEOUT_SECONDS) as client,
        orm.session_maker() as sessions,
    ):
        yield State(pool=pool, sessions=sessions, client=client, cache=LRUCache(WORLD_ROWS))


async def plaintext(_: Request) -> Response:
    return PlainTextResponse("Hello, World!")


async def json(_: Request) -> Response:
    return JSONResponse({"message": "Hello, World!"})


async def echo(request: Request) -> Response:
    query = whole_number("number", request.query_params.get("number", ""))
    try:
        document = await request.json()
    except ValueError as error:
        raise BadInput("the body is no JSON") from error
    return JSONResponse({"query": query, "body": body_number(document)})


async def sleep(request: Request) -> Response:
    seconds = wait_seconds(request.query_params.get("seconds"))
    await asyncio.sleep(seconds)
    return JSONResponse({"slept_seconds": seconds})


async def sleep_blocking(request: Request) -> Response:
    """The mistake that the workload is there to show: it stops the event loop."""
    seconds = wait_seconds(request.query_params.get("seconds"))
    time.sleep(seconds)
    return JSONResponse({"slept_seconds": seconds})


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> dict[str, int]:
    record = await source.fetchrow(SELECT_WORLD, row)
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


async def db(request: Request) -> Response:
    async with request.state.pool.acquire() as connection:
        return JSONResponse(await read_world(connection, random_id()))


async def queries(request: Request) -> Response:
    rows = random_ids(row_count(request.query_params.get("queries")))
    async with request.state.pool.acquire() as connection:
        return JSONResponse([await read_world(connection, row) for row in rows])


async def updates(request: Request) -> Response:
    rows = random_ids(row_count(request.query_params.get("queries")))
    async with request.state.pool.acquire() as connection:
        worlds = [await read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return JSONResponse(worlds)


async def cached_queries(request: Request) -> Response:
    cache, worlds = request.state.cache, []
    for row in random_ids(row_count(request.query_params.get("queries"))):
        if (world := cache.get(row)) is None:
            world = cache[row] = await read_world(request.state.pool, row)
        worlds.append(world)
    return JSONResponse(worlds)


async def fortunes(request: Request) -> Response:
    records = await request.state.pool.fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return templates.TemplateResponse(request, "fortunes.html", {"fortunes": rows})


async def brands(request: Request) -> Response:
    return JSONResponse([dict(row) for row in await request.state.pool.fetch(SELECT_BRANDS)])


async def fanout(request: Request) -> Response:
    query = request.query_params
    urls = wait_urls(query.get("urls"), query.get("seconds"), query.get("number"))
    answers = await asyncio.gather(*(request.state.client.get(url) for url in urls))
    return JSONResponse({"numbers": [answer.json()["number"] for answer in answers]})


async def upload(request: Request) -> Response:
    answer = await request.state.client.post(f"{PEER_URL}/sink", content=request.stream())
    return JSONResponse(answer.json())


async def bad_input(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, status_code=400)


app = Starlette(
    routes=[
        Route("/plaintext", plaintext),
        Route("/json", json),
        Route("/db", db),
        Route("/queries", queries),
        Route("/updates", updates),
        Route("/fortunes", fortunes),
        Route("/cached-queries", cached_queries),
        Route("/brands", brands),
        Route("/echo", echo, methods=["POST"]),
        Route("/sleep", sleep),
        Route("/sleep/blocking", sleep_blocking),
        Route("/fanout", fanout),
        Route("/upload", upload, methods=["POST"]),
        Route("/orm/db", orm.db),
        Route("/orm/queries", orm.queries),
        Route("/orm/updates", orm.updates),
        Route("/orm/fortunes", orm.fortunes),
        Route("/orm/brands", orm.brands),
        WebSocketRoute("/counter", Counter),
    ],
    exception_handlers={BadInput: bad_input},
    lifespan=lifespan,
)
