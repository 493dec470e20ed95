"""The least that answers four paths: Litestar and asyncpg."""

import contextlib
import dataclasses
import os
import random

import asyncpg
from litestar import Litestar, MediaType, get
from litestar.datastructures import State

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"


@contextlib.asynccontextmanager
async def lifespan(app):
    size = int(os.environ["POOL_SIZE"])
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=size, max_size=size
    ) as pool:
        app.state.pool = pool
        yield


@dataclasses.dataclass
class World:
    id: int
    randomNumber: int  # noqa: N815 - TechEmpower's name


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return World(record["id"], record["randomnumber"])


@get("/plaintext", media_type=MediaType.TEXT)
async def plaintext() -> str:
    return "Hello, World!"


@get("/json")
async def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@get("/db")
async def db(state: State) -> World:
    async with state.pool.acquire() as connection:
        return await row(connection)


@get("/queries")
async def queries(state: State) -> list[World]:
    async with state.pool.acquire() as connection:
        return [await row(connection) for _ in range(20)]


app = Litestar([plaintext, json, db, queries], lifespan=[lifespan])
