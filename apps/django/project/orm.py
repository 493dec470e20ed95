"""The database workloads once more, with Django's ORM."""

from benchrig_contract import ADDED_FORTUNE, random_id, random_ids, random_number, row_count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from project.models import Brand, Fortune, World


def rows_of(request: HttpRequest) -> list[int]:
    return random_ids(row_count(request.GET.get("queries")))


def db(_: HttpRequest) -> HttpResponse:
    return JsonResponse(World.objects.get(id=random_id()).as_json())


def queries(request: HttpRequest) -> HttpResponse:
    worlds = [World.objects.get(id=row) for row in rows_of(request)]
    return JsonResponse([world.as_json() for world in worlds], safe=False)


def updates(request: HttpRequest) -> HttpResponse:
    worlds = [World.objects.get(id=row) for row in rows_of(request)]
    for world in worlds:
        world.randomnumber = random_number()
    World.objects.bulk_update(worlds, ["randomnumber"])
    return JsonResponse([world.as_json() for world in worlds], safe=False)


def fortunes(request: HttpRequest) -> HttpResponse:
    rows = list(Fortune.objects.all())
    rows.append(Fortune(id=0, message=ADDED_FORTUNE))
    rows.sort(key=lambda row: row.message)
    return render(request, "fortunes.html", {"fortunes": rows})


def brands(_: HttpRequest) -> HttpResponse:
    return JsonResponse(list(Brand.objects.values("brand_id", "brand_name")), safe=False)
