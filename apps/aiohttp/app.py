"""The contract in aiohttp."""

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import aiohttp_jinja2
import asyncpg
import jinja2
import orm
from aiohttp import web
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

POOL = web.AppKey("pool", asyncpg.Pool)
CLIENT = web.AppKey("client", aiohttp.ClientSession)
CACHE = web.AppKey("cache", LRUCache)
routes = web.RouteTableDef()


async def database(app: web.Application) -> AsyncIterator[None]:
    pool = asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE)
    async with pool as app[POOL]:
        yield


async def client(app: web.Application) -> AsyncIterator[None]:
    timeout = aiohttp.ClientTimeout(total=OUTGOING_TIMEOUT_SECONDS)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as app[CLIENT]:
        yield


@web.middleware
async def bad_input(request: web.Request, handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except BadInput as error:
        return web.json_response({"error": str(error)}, status=400)


@routes.get("/plaintext")
async def plaintext(_: web.Request) -> web.Response:
    return web.Response(text="Hello, World!")


@routes.get("/json")
async def json(_: web.Request) -> web.Response:
    return web.json_response({"message": "Hello, World!"})


@routes.post("/echo")
async def echo(request: web.Request) -> web.Response:
    query = whole_number("number", request.query.get("number", ""))
    try:
        document = await request.json()
    except ValueError as error:
        raise BadInput("the body is no JSON") from error
    return web.json_response({"query": query, "body": body_number(document)})


@routes.get("/sleep")
async def sleep(request: web.Request) -> web.Response:
    seconds = wait_seconds(request.query.get("seconds"))
    await asyncio.sleep(seconds)
    return web.json_response({"slept_seconds": seconds})


@routes.get("/sleep/blocking")
async def sleep_blocking(request: web.Request) -> web.Response:
    """The mistake that the workload is there to show: it stops the event loop."""
    seconds = wait_seconds(request.query.get("seconds"))
    time.sleep(seconds)
    return web.json_response({"slept_seconds": seconds})


async def read_world(source: asyncpg.Connection | asyncpg.Pool, row: int) -> dict[str, int]:
    record = await source.fetchrow(SELECT_WORLD, row)
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


@routes.get("/db")
async def db(request: web.Request) -> web.Response:
    async with request.app[POOL].acquire() as connection:
        return web.json_response(await read_world(connection, random_id()))


@routes.get("/queries")
async def queries(request: web.Request) -> web.Response:
    rows = random_ids(row_count(request.query.get("queries")))
    async with request.app[POOL].acquire() as connection:
        return web.json_response([await read_world(connection, row) for row in rows])


@routes.get("/updates")
async def updates(request: web.Request) -> web.Response:
    rows = random_ids(row_count(request.query.get("queries")))
    async with request.app[POOL].acquire() as connection:
        worlds = [await read_world(connection, row) for row in rows]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        await connection.executemany(UPDATE_WORLD, changes)
    return web.json_response(worlds)


@routes.get("/cached-queries")
async def cached_queries(request: web.Request) -> web.Response:
    cache, worlds = request.app[CACHE], []
    for row in random_ids(row_count(request.query.get("queries"))):
        if (world := cache.get(row)) is None:
            world = cache[row] = await read_world(request.app[POOL], row)
        worlds.append(world)
    return web.json_response(worlds)


@routes.get("/fortunes")
async def fortunes(request: web.Request) -> web.Response:
    records = await request.app[POOL].fetch(SELECT_FORTUNES)
    rows = [*map(dict, records), {"id": 0, "message": ADDED_FORTUNE}]
    rows.sort(key=lambda row: row["message"])
    return aiohttp_jinja2.render_template("fortunes.html", request, {"fortunes": rows})


@routes.get("/brands")
async def brands(request: web.Request) -> web.Response:
    rows = await request.app[POOL].fetch(SELECT_BRANDS)
    return web.json_response([dict(row) for row in rows])


async def number_of(session: aiohttp.ClientSession, url: str) -> int:
    async with session.get(url) as answer:
        return (await answer.json())["number"]


@routes.get("/fanout")
async def fanout(request: web.Request) -> web.Response:
    urls = wait_urls(*(request.query.get(name) for name in ("urls", "seconds", "number")))
    session = request.app[CLIENT]
    numbers = await asyncio.gather(*(number_of(session, url) for url in urls))
    return web.json_response({"numbers": numbers})


@routes.post("/upload")
async def upload(request: web.Request) -> web.Response:
    async with request.app[CLIENT].post(f"{PEER_URL}/sink", data=request.content) as answer:
        return web.json_response(await answer.json())


async def app() -> web.Application:
    application = web.Application(middlewares=[bad_input])
    application.add_routes(routes)
    application.add_routes(orm.routes)
    application.cleanup_ctx.extend([database, client, orm.database])
    application[CACHE] = LRUCache(WORLD_ROWS)
    aiohttp_jinja2.setup(application, loader=jinja2.FileSystemLoader(TEMPLATES))
    return application
