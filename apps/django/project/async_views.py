"""The views that differ under ASGI: they await where the synchronous ones block."""

import asyncio
import json as json_module

from benchrig_contract import body_number, wait_seconds, whole_number
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from project.inputs import bad_request


async def plaintext(_: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


async def json(_: HttpRequest) -> HttpResponse:
    return JsonResponse({"message": "Hello, World!"})


@csrf_exempt
@require_POST
async def echo(request: HttpRequest) -> HttpResponse:
    try:
        document = json_module.loads(request.body)
    except ValueError as error:
        raise BadRequest("the body is no JSON") from error
    with bad_request():
        query = whole_number("number", request.GET.get("number", ""))
        return JsonResponse({"query": query, "body": body_number(document)})


async def sleep(request: HttpRequest) -> HttpResponse:
    with bad_request():
        seconds = wait_seconds(request.GET.get("seconds"))
    await asyncio.sleep(seconds)
    return JsonResponse({"slept_seconds": seconds})
