"""Views that need no database."""

import functools
import json as json_module
import time

import httpx
from benchrig_contract import (
    CHUNK_BYTES,
    OUTGOING_TIMEOUT_SECONDS,
    PEER_URL,
    body_number,
    wait_seconds,
    whole_number,
)
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from project.inputs import bad_request

client = httpx.Client(timeout=OUTGOING_TIMEOUT_SECONDS)


def plaintext(_: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, World!", content_type="text/plain")


def json(_: HttpRequest) -> HttpResponse:
    return JsonResponse({"message": "Hello, World!"})


@csrf_exempt
@require_POST
def echo(request: HttpRequest) -> HttpResponse:
    try:
        document = json_module.loads(request.body)
    except ValueError as error:
        raise BadRequest("the body is no JSON") from error
    with bad_request():
        query = whole_number("number", request.GET.get("number", ""))
        return JsonResponse({"query": query, "body": body_number(document)})


def sleep(request: HttpRequest) -> HttpResponse:
    with bad_request():
        seconds = wait_seconds(request.GET.get("seconds"))
    time.sleep(seconds)
    return JsonResponse({"slept_seconds": seconds})


@csrf_exempt
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    pieces = iter(functools.partial(request.read, CHUNK_BYTES), b"")
    return JsonResponse(client.post(f"{PEER_URL}/sink", content=pieces).json())
