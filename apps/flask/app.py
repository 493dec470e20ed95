"""The contract in Flask, with synchronous views."""

import time

from benchrig_contract import BRANDS, DATABASE_URL, POOL_SIZE
from flask import Flask, Response, request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

app = Flask(__name__)
pool = ConnectionPool(
    DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE, kwargs={"row_factory": dict_row}
)


@app.get("/plaintext")
def plaintext() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@app.get("/sleep")
def sleep() -> dict[str, float]:
    seconds = request.args.get("seconds", 0.1, type=float)
    time.sleep(seconds)
    return {"slept_seconds": seconds}


@app.get("/brands")
def brands() -> list[dict[str, object]]:
    with pool.connection() as connection:
        return connection.execute(BRANDS).fetchall()
