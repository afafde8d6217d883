"""What is read of a request: whose page sent it, and its body: a form, small, and sent in time."""

import asyncio
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request

from integration.web import words
from integration.web.words import Refusal

_FORM = "application/x-www-form-urlencoded"
_MOST_BYTES = 128 * 1024
_BODY_S = 10.0


def is_foreign(request: Request) -> bool:
    """Whether a page that is not ours sent it: by the browser's own word, or by its Origin where the browser gives none.

    Browsers say ``Sec-Fetch-Site`` over HTTPS and to this machine (W3C Fetch Metadata), ``Origin`` with every form they post.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("origin")
    ours = {f"{request.url.scheme}://{request.headers.get('host', '')}", "://".join(urlsplit(request.app.state.public_url)[:2])}
    return origin is not None and origin not in ours


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
