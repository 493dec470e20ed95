"""The least that answers four paths: Flask and psycopg 3."""

import os
import random

from flask import Flask, Response
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
app = Flask(__name__)


def row(connection):
    number, value = connection.execute(SQL, (random.randint(1, 10_000),)).fetchone()
    return {"id": number, "randomNumber": value}


@app.get("/plaintext")
def plaintext():
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
def json():
    return {"message": "Hello, World!"}


@app.get("/db")
def db():
    with pool.connection() as connection:
        return row(connection)


@app.get("/queries")
def queries():
    with pool.connection() as connection:
        return [row(connection) for _ in range(20)]
