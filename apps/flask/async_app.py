"""The contract in Flask, with async views.

Flask runs each async view in an event loop of its own that ends with the request, so nothing that
belongs to a loop (a pool, an HTTP client) can outlive one request: there are no database views.
"""

import asyncio
import ssl

import httpx
from benchrig_contract import (
    OUTGOING_TIMEOUT_SECONDS,
    BadInput,
    body_number,
    wait_seconds,
    wait_urls,
    whole_number,
)
from flask import Flask, Response, request

app = Flask(__name__)
tls = ssl.create_default_context()  # made once: reading the certificates takes 20 ms


@app.get("/plaintext")
async def plaintext() -> Response:
    return Response("Hello, World!", mimetype="text/plain")


@app.get("/json")
async def json() -> dict[str, str]:
    return {"message": "Hello, World!"}


@app.post("/echo")
async def echo() -> dict[str, int]:
    query = whole_number("number", request.args.get("number", ""))
    return {"query": query, "body": body_number(request.get_json())}


@app.get("/sleep")
async def sleep() -> dict[str, float]:
    seconds = wait_seconds(request.args.get("seconds"))
    await asyncio.sleep(seconds)
    return {"slept_seconds": seconds}


@app.get("/fanout")
async def fanout() -> dict[str, list[int]]:
    urls = wait_urls(*(request.args.get(name) for name in ("urls", "seconds", "number")))
    async with httpx.AsyncClient(timeout=OUTGOING_TIMEOUT_SECONDS, verify=tls) as client:
        answers = await asyncio.gather(*(client.get(url) for url in urls))
    return {"numbers": [answer.json()["number"] for answer in answers]}


@app.errorhandler(BadInput)
def bad_input(error: BadInput) -> tuple[dict[str, str], int]:
    return {"error": str(error)}, 400
