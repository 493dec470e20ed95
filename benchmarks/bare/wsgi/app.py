"""The least that answers four paths: a raw WSGI callable and psycopg 3."""

import json
import os
import random

from psycopg_pool import ConnectionPool

SQL = "SELECT id, randomnumber FROM world WHERE id = %s"
size = int(os.environ["POOL_SIZE"])
pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=size,
    max_size=size,
    kwargs={"autocommit": True},
    open=True,
)


def row(connection):
    number, value = connection.execute(SQL, (random.randint(1, 10_000),)).fetchone()
    return {"id": number, "randomNumber": value}


def app(environ, start_response):
    path, kind = environ["PATH_INFO"], "application/json"
    if path == "/plaintext":
        body, kind = b"Hello, World!", "text/plain"
    elif path == "/json":
        body = json.dumps({"message": "Hello, World!"}).encode()
    else:
        with pool.connection() as connection:
            if path == "/db":
                body = json.dumps(row(connection)).encode()
            else:
                body = json.dumps([row(connection) for _ in range(20)]).encode()
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]
