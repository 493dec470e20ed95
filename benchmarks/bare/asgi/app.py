"""The least that answers four paths: a raw ASGI callable and asyncpg."""

import json
import os
import random

import asyncpg

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"
pool = None


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return {"id": record["id"], "randomNumber": record["randomnumber"]}


async def app(scope, receive, send):
    global pool
    if scope["type"] == "lifespan":
        size = int(os.environ["POOL_SIZE"])
        await receive()
        pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=size, max_size=size)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await pool.close()
        await send({"type": "lifespan.shutdown.complete"})
        return
    path, kind = scope["path"], b"application/json"
    if path == "/plaintext":
        body, kind = b"Hello, World!", b"text/plain"
    elif path == "/json":
        body = json.dumps({"message": "Hello, World!"}).encode()
    else:
        async with pool.acquire() as connection:
            if path == "/db":
                body = json.dumps(await row(connection)).encode()
            else:
                body = json.dumps([await row(connection) for _ in range(20)]).encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
