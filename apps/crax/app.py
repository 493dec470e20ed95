"""The contract in crax 0.1.5, the last release (2020): kept for the record, not for use."""

import asyncpg
from benchrig_contract import DATABASE_URL, POOL_SIZE
from crax import Crax
from views import Database


async def open_pool() -> None:
    Database.pool = await asyncpg.create_pool(DATABASE_URL, min_size=POOL_SIZE, max_size=POOL_SIZE)


app = Crax(settings="conf", on_startup=open_pool)
