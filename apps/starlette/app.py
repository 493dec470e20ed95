"""The contract in Starlette."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

import asyncpg
from benchrig_contract import BRANDS, DATABASE_URL, POOL_SIZE
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


class State(TypedDict):
    pool: asyncpg.Pool


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[State]:
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        yield {"pool": pool}


async def plaintext(_: Request) -> PlainTextResponse:
    return PlainTextResponse("Hello, World!")


async def json(_: Request) -> JSONResponse:
    return JSONResponse({"message": "Hello, World!"})


async def sleep(request: Request) -> JSONResponse:
    seconds = float(request.query_params.get("seconds", "0.1"))
    await asyncio.sleep(seconds)
    return JSONResponse({"slept_seconds": seconds})


async def brands(request: Request) -> JSONResponse:
    rows = await request.state.pool.fetch(BRANDS)
    return JSONResponse([dict(row) for row in rows])


app = Starlette(
    routes=[
        Route("/plaintext", plaintext),
        Route("/json", json),
        Route("/sleep", sleep),
        Route("/brands", brands),
    ],
    lifespan=lifespan,
)
