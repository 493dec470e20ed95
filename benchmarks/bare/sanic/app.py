"""The least that answers four paths: Sanic and asyncpg."""

import os
import random

import asyncpg
from sanic import Sanic, json, text

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"
app = Sanic("bare")


@app.before_server_start
async def open_pool(app):
    size = int(os.environ["POOL_SIZE"])
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)
    app.ctx.pool = pool


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


@app.get("/plaintext")
async def plaintext(_):
    return text("Hello, World!")


@app.get("/json")
async def message(_):
    return json({"message": "Hello, World!"})


@app.get("/db")
async def db(request):
    async with request.app.ctx.pool.acquire() as connection:
        return json(await row(connection))


@app.get("/queries")
async def queries(request):
    async with request.app.ctx.pool.acquire() as connection:
        return json([await row(connection) for _ in range(20)])
