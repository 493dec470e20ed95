"""The database workloads once more, with SQLAlchemy's ORM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
from quart import Blueprint, current_app, render_template, request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

blueprint = Blueprint("orm", __name__, url_prefix="/orm")


@asynccontextmanager
async def session_maker() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    url = DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    try:
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()


@blueprint.get("/db")
async def db() -> dict[str, int]:
    async with current_app.sessions() as session:
        world = await session.get_one(World, random_id())
    return world.as_json()


@blueprint.get("/queries")
async def queries() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    async with current_app.sessions() as session:
        worlds = [await session.get_one(World, row) for row in rows]
    return [world.as_json() for world in worlds]


@blueprint.get("/updates")
async def updates() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    async with current_app.sessions.begin() as session:
        worlds = [await session.get_one(World, row) for row in rows]
        for world in worlds:
            world.randomnumber = random_number()
    return [world.as_json() for world in worlds]


@blueprint.get("/fortunes")
async def fortunes() -> str:
    async with current_app.sessions() as session:
        rows = list(await session.scalars(select(Fortune)))
    rows.append(Fortune(id=0, message=ADDED_FORTUNE))
    rows.sort(key=lambda row: row.message)
    return await render_template("fortunes.html", fortunes=rows)


@blueprint.get("/brands")
async def brands() -> list[dict[str, object]]:
    async with current_app.sessions() as session:
        rows = await session.scalars(select(Brand))
    return [{"brand_id": row.brand_id, "brand_name": row.brand_name} for row in rows]
