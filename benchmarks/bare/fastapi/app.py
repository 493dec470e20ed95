"""The least that answers four paths: FastAPI with Pydantic models, and asyncpg."""

import contextlib
import os
import random

import asyncpg
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

SQL = "SELECT id, randomnumber FROM world WHERE id = $1"


@contextlib.asynccontextmanager
async def lifespan(app):
    size = int(os.environ["POOL_SIZE"])
    async with asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=size, max_size=size
    ) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


class Message(BaseModel):
    message: str


class World(BaseModel):
    id: int
    randomNumber: int  # noqa: N815 - TechEmpower's name


async def row(connection):
    record = await connection.fetchrow(SQL, random.randint(1, 10_000))
    return World(id=record["id"], randomNumber=record["randomnumber"])


@app.get("/plaintext", response_class=PlainTextResponse)
async def plaintext():
    return "Hello, World!"


@app.get("/json")
async def json() -> Message:
    return Message(message="Hello, World!")


@app.get("/db")
async def db(request: Request) -> World:
    async with request.app.state.pool.acquire() as connection:
        return await row(connection)


@app.get("/queries")
async def queries(request: Request) -> list[World]:
    async with request.app.state.pool.acquire() as connection:
        return [await row(connection) for _ in range(20)]
