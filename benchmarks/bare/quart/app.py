"""The least that answers four paths: Quart and asyncpg."""

import os
import random

import asyncpg
from quart import Quart, Response

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"
app = Quart(__name__)


@app.before_serving
async def open_pool():
    size = int(os.environ["POOL_SIZE"])
    app.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


@app.get("/plaintext")
async def plaintext():
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
async def json():
    return {"message": "Hello, World!"}


@app.get("/db")
async def db():
    async with app.pool.acquire() as connection:
        return await row(connection)


@app.get("/queries")
async def queries():
    async with app.pool.acquire() as connection:
        return [await row(connection) for _ in range(20)]
