"""Whoever opens a page: what the frame says of them, and what they may see."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from integration.web.pages import Onlooker
from integration.web.sessions import SignedIn
from integration.web.sight import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who may open a page."""

    onlooker: Onlooker
    sight: Sight
    who: SignedIn | None = None
    """As they signed in."""


Gate = Callable[[Request], Awaitable[Visit | Response]]
"""Tells who asks, or answers in the page's place: with the way to sign in, or why not."""
