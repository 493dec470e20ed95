"""The least that answers four paths: Starlette and asyncpg."""

import contextlib
import os
import random

import asyncpg
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"


@contextlib.asynccontextmanager
async def lifespan(_):
    size = int(os.environ["POOL_SIZE"])
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=size, max_size=size
    ) as pool:
        yield {"pool": pool}


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


async def plaintext(_):
    return PlainTextResponse("Hello, World!")


async def json(_):
    return JSONResponse({"message": "Hello, World!"})


async def db(request):
    async with request.state.pool.acquire() as connection:
        return JSONResponse(await row(connection))


async def queries(request):
    async with request.state.pool.acquire() as connection:
        return JSONResponse([await row(connection) for _ in range(20)])


app = Starlette(
    routes=[
        Route("/plaintext", plaintext),
        Route("/json", json),
        Route("/db", db),
        Route("/queries", queries),
    ],
    lifespan=lifespan,
)
