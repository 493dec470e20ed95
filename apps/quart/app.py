"""The contract in Quart."""

import asyncio

import asyncpg
from benchrig_contract import BRANDS, DATABASE_URL, POOL_SIZE
from quart import Quart, Response, request

app = Quart(__name__)


@app.while_serving
async def database():
    async with asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE) as pool:
        app.pool = pool
        yield


@app.get("/plaintext")
async def plaintext() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
async def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@app.get("/sleep")
async def sleep() -> dict[str, float]:
    seconds = request.args.get("seconds", 0.1, type=float)
    await asyncio.sleep(seconds)
    return {"slept_seconds": seconds}


@app.get("/brands")
async def brands() -> list[dict[str, object]]:
    return [dict(row) for row in await app.pool.fetch(BRANDS)]
