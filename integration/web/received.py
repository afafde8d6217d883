"""What is read of a request's body: a form, small, and sent in time."""

import asyncio

from starlette.requests import ClientDisconnect, Request

from integration.web import words
from integration.web.words import Refusal

_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 128 * 1024
_BODY_S = 10.0


async def body_of(request: Request) -> bytes | Refusal:
    """The request's form, or why it is not read."""
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != _FORM:
        return words.NO_FORM
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _MOST_BYTES:
                    return words.TOO_LARGE
    except TimeoutError:
        return words.TOO_SLOW
    except ClientDisconnect:
        return words.NO_FORM
    return bytes(body)
