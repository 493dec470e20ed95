"""The contract in aiohttp."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
from aiohttp import web
from benchrig_contract import BRANDS, DATABASE_URL, POOL_SIZE

POOL = web.AppKey("pool", asyncpg.Pool)
routes = web.RouteTableDef()


async def database(app: web.Application) -> AsyncIterator[None]:
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as app[
        POOL
    ]:
        yield


@routes.get("/plaintext")
async def plaintext(_: web.Request) -> web.Response:
    return web.Response(text="Hello, World!")


@routes.get("/json")
async def json(_: web.Request) -> web.Response:
    return web.json_response({"message": "Hello, World!"})


@routes.get("/sleep")
async def sleep(request: web.Request) -> web.Response:
    seconds = float(request.query.get("seconds", "0.1"))
    await asyncio.sleep(seconds)
    return web.json_response({"slept_seconds": seconds})


@routes.get("/brands")
async def brands(request: web.Request) -> web.Response:
    rows = await request.app[POOL].fetch(BRANDS)
    return web.json_response([dict(row) for row in rows])


async def app() -> web.Application:
    application = web.Application()
    application.add_routes(routes)
    application.cleanup_ctx.append(database)
    return application
