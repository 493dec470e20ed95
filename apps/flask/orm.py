"""The database workloads once more, with SQLAlchemy's ORM."""

from benchrig_contract import (
    ADDED_FORTUNE,
    DATABASE_URL,
    POOL_SIZE,
    random_id,
    random_ids,
    random_number,
    row_count,
)
from benchrig_models import Brand, Fortune, World
from flask import Blueprint, render_template, request
from sqlalchemy import create_engine, select
from sqlalchemy.orm import sessionmaker

blueprint = Blueprint("orm", __name__, url_prefix="/orm")
url = DATABASE_URL.replace("postgresql://", "postgresql+psycopg://")
sessions = sessionmaker(
    create_engine(url, pool_size=POOL_SIZE, max_overflow=0), expire_on_commit=False
)


@blueprint.get("/db")
def db() -> dict[str, int]:
    with sessions() as session:
        return session.get_one(World, random_id()).as_json()


@blueprint.get("/queries")
def queries() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    with sessions() as session:
        return [session.get_one(World, row).as_json() for row in rows]


@blueprint.get("/updates")
def updates() -> list[dict[str, int]]:
    rows = random_ids(row_count(request.args.get("queries")))
    with sessions.begin() as session:
        worlds = [session.get_one(World, row) for row in rows]
        for world in worlds:
            world.randomnumber = random_number()
    return [world.as_json() for world in worlds]


@blueprint.get("/fortunes")
def fortunes() -> str:
    with sessions() as session:
        rows = list(session.scalars(select(Fortune)))
    rows.append(Fortune(id=0, message=ADDED_FORTUNE))
    rows.sort(key=lambda row: row.message)
    return render_template("fortunes.html", fortunes=rows)


@blueprint.get("/brands")
def brands() -> list[dict[str, object]]:
    with sessions() as session:
        rows = session.scalars(select(Brand))
        return [{"brand_id": row.brand_id, "brand_name": row.brand_name} for row in rows]
