"""The database workloads once more, with SQLAlchemy's ORM."""

from collections.abc import AsyncIterator

import aiohttp_jinja2
from aiohttp import web
from benchrig_contract import (
    ADDED_FORTUNE,
    DATABASE_URL,
    POOL_SIZE,
    random_id,
    random_ids,
    random_number,
    row_count,
)
from benchrig_models import Brand, Fortune, World
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

SESSIONS = web.AppKey("sessions", async_sessionmaker[AsyncSession])
routes = web.RouteTableDef()


async def database(app: web.Application) -> AsyncIterator[None]:
    url = DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    app[SESSIONS] = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


@routes.get("/orm/db")
async def db(request: web.Request) -> web.Response:
    async with request.app[SESSIONS]() as session:
        world = await session.get_one(World, random_id())
    return web.json_response(world.as_json())


@routes.get("/orm/queries")
async def queries(request: web.Request) -> web.Response:
    rows = random_ids(row_count(request.query.get("queries")))
    async with request.app[SESSIONS]() as session:
        worlds = [await session.get_one(World, row) for row in rows]
    return web.json_response([world.as_json() for world in worlds])


@routes.get("/orm/updates")
async def updates(request: web.Request) -> web.Response:
    rows = random_ids(row_count(request.query.get("queries")))
    async with request.app[SESSIONS].begin() as session:
        worlds = [await session.get_one(World, row) for row in rows]
        for world in worlds:
            world.randomnumber = random_number()
    return web.json_response([world.as_json() for world in worlds])


@routes.get("/orm/fortunes")
async def fortunes(request: web.Request) -> web.Response:
    async with request.app[SESSIONS]() as session:
        rows = list(await session.scalars(select(Fortune)))
    rows.append(Fortune(id=0, message=ADDED_FORTUNE))
    rows.sort(key=lambda row: row.message)
    return aiohttp_jinja2.render_template("fortunes.html", request, {"fortunes": rows})


@routes.get("/orm/brands")
async def brands(request: web.Request) -> web.Response:
    async with request.app[SESSIONS]() as session:
        rows = await session.scalars(select(Brand))
    return web.json_response(
        [{"brand_id": row.brand_id, "brand_name": row.brand_name} for row in rows]
    )
