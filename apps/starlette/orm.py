"""The database workloads once more, with SQLAlchemy's ORM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchrig_contract import (
    ADDED_FORTUNE,
    DATABASE_URL,
    POOL_SIZE,
    TEMPLATES,
    random_id,
    random_ids,
    random_number,
    row_count,
)
from benchrig_models import Brand, Fortune, World
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.templating import Jinja2Templates

templates = Jinja2Templates(directory=TEMPLATES)


@asynccontextmanager
async def session_maker() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    url = DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    try:
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()


async def db(request: Request) -> Response:
    async with request.state.sessions() as session:
        world = await session.get_one(World, random_id())
    return JSONResponse(world.as_json())


async def queries(request: Request) -> Response:
    rows = random_ids(row_count(request.query_params.get("queries")))
    async with request.state.sessions() as session:
        worlds = [await session.get_one(World, row) for row in rows]
    return JSONResponse([world.as_json() for world in worlds])


async def updates(request: Request) -> Response:
    rows = random_ids(row_count(request.query_params.get("queries")))
    async with request.state.sessions.begin() as session:
        worlds = [await session.get_one(World, row) for row in rows]
        for world in worlds:
            world.randomnumber = random_number()
    return JSONResponse([world.as_json() for world in worlds])


async def fortunes(request: Request) -> Response:
    async with request.state.sessions() as session:
        rows = list(await session.scalars(select(Fortune)))
    rows.append(Fortune(id=0, message=ADDED_FORTUNE))
    rows.sort(key=lambda row: row.message)
    return templates.TemplateResponse(request, "fortunes.html", {"fortunes": rows})


async def brands(request: Request) -> Response:
    async with request.state.sessions() as session:
        rows = await session.scalars(select(Brand))
    return JSONResponse([{"brand_id": row.brand_id, "brand_name": row.brand_name} for row in rows])
