"""The contract's views in crax, as its documentation writes them."""

import asyncio
import json

import asyncpg
from benchrig_contract import (
    SELECT_WORLD,
    BadInput,
    body_number,
    random_id,
    random_ids,
    row_count,
    wait_seconds,
    whole_number,
)
from crax.response_types import BaseResponse, JSONResponse
from crax.views import BaseView, JSONView


class Database:
    """The pool that ``open_pool`` of the app sets at start."""

    pool: asyncpg.Pool


def argument(request, name: str) -> str | None:
    """The first value of a query argument."""
    values = request.query.get(name)
    return values[0] if values else None


class Plaintext(BaseView):
    async def get(self) -> BaseResponse:
        return BaseResponse(self.request, "Hello, World!")


class Json(JSONView):
    async def get(self) -> None:
        self.context = {"message": "Hello, World!"}


class Echo(BaseView):
    methods = ["POST"]  # noqa: RUF012 - crax adds to it
    enable_csrf = False

    async def post(self) -> JSONResponse:
        self.request.status_code = 200
        query = whole_number("number", argument(self.request, "number"))
        try:
            document = json.loads(self.request.post)
        except ValueError as error:
            raise BadInput("the body is no JSON") from error
        return JSONResponse(self.request, {"query": query, "body": body_number(document)})


class Sleep(JSONView):
    async def get(self) -> None:
        seconds = wait_seconds(argument(self.request, "seconds"))
        await asyncio.sleep(seconds)
        self.context = {"slept_seconds": seconds}


class OneRow(JSONView):
    async def get(self) -> None:
        async with Database.pool.acquire() as connection:
            self.context = await read_world(connection, random_id())


class Rows(JSONView):
    async def get(self) -> None:
        rows = random_ids(row_count(argument(self.request, "queries")))
        async with Database.pool.acquire() as connection:
            self.context = [await read_world(connection, row) for row in rows]


async def read_world(connection: asyncpg.Connection, row: int) -> dict[str, int]:
    record = await connection.fetchrow(SELECT_WORLD, row)
    return {"id": record["id"], "randomNumber": record["randomnumber"]}
