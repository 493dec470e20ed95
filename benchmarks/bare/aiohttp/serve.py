"""The least that answers four paths: aiohttp and asyncpg."""

import argparse
import os
import random

import asyncpg
from aiohttp import web

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"
routes = web.RouteTableDef()


async def open_pool(app):
    size = int(os.environ["POOL_SIZE"])
    url = os.environ["DATABASE_URL"]
    async with asyncpg.create_pool(url, min_size=size, max_size=size) as pool:
        app["pool"] = pool
        yield


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


@routes.get("/plaintext")
async def plaintext(_):
    return web.Response(text="Hello, World!")


@routes.get("/json")
async def json(_):
    return web.json_response({"message": "Hello, World!"})


@routes.get("/db")
async def db(request):
    async with request.app["pool"].acquire() as connection:
        return web.json_response(await row(connection))


@routes.get("/queries")
async def queries(request):
    async with request.app["pool"].acquire() as connection:
        return web.json_response([await row(connection) for _ in range(20)])


def main():
    """The arguments that the rig's own command line has."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--address")
    parser.add_argument("--port", type=int)
    parser.add_argument("--loop")
    parser.add_argument("entry")
    options = parser.parse_args()
    app = web.Application()
    app.add_routes(routes)
    app.cleanup_ctx.append(open_pool)
    web.run_app(app, host=options.address, port=options.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
