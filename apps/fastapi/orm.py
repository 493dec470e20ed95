"""The database workloads once more, with SQLAlchemy's ORM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

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
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

router = APIRouter(prefix="/orm")
templates = Jinja2Templates(directory=TEMPLATES)
Rows = Annotated[str | None, Query(alias="queries")]


@asynccontextmanager
async def session_maker() -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    url = DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(url, pool_size=POOL_SIZE, max_overflow=0)
    try:
        yield async_sessionmaker(engine, expire_on_commit=False)
    finally:
        await engine.dispose()


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


class WorldOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    random_number: int = Field(validation_alias="randomnumber", serialization_alias="randomNumber")


class BrandOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    brand_id: int
    brand_name: str


@router.get("/db", response_model=WorldOut)
async def db(session: Session) -> World:
    return await session.get_one(World, random_id())


@router.get("/queries", response_model=list[WorldOut])
async def queries(session: Session, count: Rows = None) -> list[World]:
    return [await session.get_one(World, row) for row in random_ids(row_count(count))]


@router.get("/updates", response_model=list[WorldOut])
async def updates(session: Session, count: Rows = None) -> list[World]:
    worlds = [await session.get_one(World, row) for row in random_ids(row_count(count))]
    for world in worlds:
        world.randomnumber = random_number()
    await session.commit()
    return worlds


@router.get("/fortunes", response_class=HTMLResponse)
async def fortunes(request: Request, session: Session) -> HTMLResponse:
    rows = list(await session.scalars(select(Fortune)))
    rows.append(Fortune(id=0, message=ADDED_FORTUNE))
    rows.sort(key=lambda row: row.message)
    return templates.TemplateResponse(request, "fortunes.html", {"fortunes": rows})


@router.get("/brands", response_model=list[BrandOut])
async def brands(session: Session) -> list[Brand]:
    return list(await session.scalars(select(Brand)))
