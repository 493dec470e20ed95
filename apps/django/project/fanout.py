"""One request fanned out to several addresses, in each way that Django offers.

All views run under WSGI and under ASGI; Django brings the missing event loop or thread itself.
"""

import asyncio
import ssl

import httpx
from asgiref.sync import async_to_sync, sync_to_async
from benchrig_contract import OUTGOING_TIMEOUT_SECONDS, wait_urls
from django.http import HttpRequest, HttpResponse, JsonResponse

from project.inputs import bad_request

client = httpx.Client(timeout=OUTGOING_TIMEOUT_SECONDS)
tls = ssl.create_default_context()  # made once: reading the certificates takes 20 ms


def urls_of(request: HttpRequest) -> list[str]:
    with bad_request():
        return wait_urls(*(request.GET.get(name) for name in ("urls", "seconds", "number")))


def numbers(answers: list[httpx.Response]) -> HttpResponse:
    return JsonResponse({"numbers": [answer.json()["number"] for answer in answers]})


async def ask_all(urls: list[str]) -> list[httpx.Response]:
    """Ask all at once; under WSGI the event loop, and so the client, lasts for one request."""
    async with httpx.AsyncClient(timeout=OUTGOING_TIMEOUT_SECONDS, verify=tls) as session:
        return await asyncio.gather(*(session.get(url) for url in urls))


async def in_threads(request: HttpRequest, *, thread_sensitive: bool) -> HttpResponse:
    """Ask with a synchronous client in threads: all in the same one where thread sensitive."""
    get = sync_to_async(client.get, thread_sensitive=thread_sensitive)
    return numbers(await asyncio.gather(*(get(url) for url in urls_of(request))))


async def awaited(request: HttpRequest) -> HttpResponse:
    return numbers(await ask_all(urls_of(request)))


def one_by_one(request: HttpRequest) -> HttpResponse:
    return numbers([client.get(url) for url in urls_of(request)])


async def sync_to_async_view(request: HttpRequest) -> HttpResponse:
    return await in_threads(request, thread_sensitive=True)


async def sync_to_async_threads_view(request: HttpRequest) -> HttpResponse:
    return await in_threads(request, thread_sensitive=False)


def async_to_sync_view(request: HttpRequest) -> HttpResponse:
    return numbers(async_to_sync(ask_all)(urls_of(request)))
