"""The least that answers four paths: BlackSheep and asyncpg."""

import dataclasses
import os
import random

import asyncpg
from blacksheep import Application, get, json, text

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"
app = Application()


@app.on_start
async def open_pool(app):
    size = int(os.environ["POOL_SIZE"])
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)
    app.services.register(asyncpg.Pool, instance=pool)


@dataclasses.dataclass
class World:
    id: int
    randomNumber: int  # noqa: N815 - TechEmpower's name


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return World(record["id"], record["randomnumber"])


@get("/plaintext")
async def plaintext():
    return text("Hello, World!")


@get("/json")
async def message():
    return json({"message": "Hello, World!"})


@get("/db")
async def db(pool: asyncpg.Pool):
    async with pool.acquire() as connection:
        return json(await row(connection))


@get("/queries")
async def queries(pool: asyncpg.Pool):
    async with pool.acquire() as connection:
        return json([await row(connection) for _ in range(20)])
