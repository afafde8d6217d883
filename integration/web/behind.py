"""Endpoints behind a gate: who asks is known, and a form counts only from a page of ours."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from integration.web.gate import form_of
from integration.web.pages import Pages
from integration.web.reader import reader_of
from integration.web.visit import Gate
from integration.web.words import Refusal

Endpoint = Callable[[Request], Awaitable[Response]]


def opened(gate: Gate, pages: Pages, work: Callable[..., Response]) -> Endpoint:
    """A page: ``work(reader, visit=…)`` with what stands in its path."""

    async def endpoint(request: Request) -> Response:
        visit = await gate(request)
        if isinstance(visit, Response):
            return visit
        return await pages.answer(request, partial(work, visit=visit, **request.path_params), visit.onlooker)

    return endpoint


def sent(gate: Gate, pages: Pages, work: Callable[..., Response]) -> Endpoint:
    """A form: ``work(reader, visit=…, form=…)`` with what stands in its path."""

    async def endpoint(request: Request) -> Response:
        visit = await gate(request)
        if isinstance(visit, Response):
            return visit
        form = await form_of(request, visit)
        if isinstance(form, Refusal):
            return pages.refused(form, reader_of(request), visit.onlooker)
        return await pages.answer(request, partial(work, visit=visit, form=form, **request.path_params), visit.onlooker)

    return endpoint
