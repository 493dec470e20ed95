"""The database workloads in SQL, through Django's own connection."""

from benchrig_contract import (
    ADDED_FORTUNE,
    SELECT_BRANDS,
    SELECT_FORTUNES,
    random_id,
    random_ids,
    random_number,
    row_count,
)
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

SELECT_WORLD = "SELECT id, randomnumber FROM world WHERE id = %s"
UPDATE_WORLD = "UPDATE world SET randomnumber = %s WHERE id = %s"


def read_world(cursor: CursorWrapper, row: int) -> dict[str, int]:
    cursor.execute(SELECT_WORLD, (row,))
    number, random = cursor.fetchone()
    return {"id": number, "randomNumber": random}


def rows_of(request: HttpRequest) -> list[int]:
    return random_ids(row_count(request.GET.get("queries")))


def db(_: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        return JsonResponse(read_world(cursor, random_id()))


def queries(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        worlds = [read_world(cursor, row) for row in rows_of(request)]
    return JsonResponse(worlds, safe=False)


def updates(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        worlds = [read_world(cursor, row) for row in rows_of(request)]
        for world in worlds:
            world["randomNumber"] = random_number()
        changes = [(world["randomNumber"], world["id"]) for world in worlds]
        with transaction.atomic():
            cursor.executemany(UPDATE_WORLD, changes)
    return JsonResponse(worlds, safe=False)


def cached_world(row: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        world = read_world(cursor, row)
    cache.set(f"world-{row}", world, timeout=None)
    return world


def cached_queries(request: HttpRequest) -> HttpResponse:
    rows = rows_of(request)
    found = cache.get_many([f"world-{row}" for row in rows])
    worlds = [found.get(f"world-{row}") or cached_world(row) for row in rows]
    return JsonResponse(worlds, safe=False)


def fortunes(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(SELECT_FORTUNES)
        rows = [{"id": number, "message": message} for number, message in cursor.fetchall()]
    rows.append({"id": 0, "message": ADDED_FORTUNE})
    rows.sort(key=lambda row: row["message"])
    return render(request, "fortunes.html", {"fortunes": rows})


def brands(_: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(SELECT_BRANDS)
        rows = [{"brand_id": number, "brand_name": name} for number, name in cursor.fetchall()]
    return JsonResponse(rows, safe=False)
