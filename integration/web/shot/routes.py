"""Where cuts, entries and pictures are found."""

from collections.abc import Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integration.web import words
from integration.web.entries import EntryPages
from integration.web.pages import Pages
from integration.web.reader import form_fields, reader_of
from integration.web.received import body_of, is_foreign
from integration.web.shot.page import ShotPage
from integration.web.visit import Gate, Visit
from integration.web.words import Refusal


def shot_routes(shots: ShotPage, entries: EntryPages, pages: Pages, gate: Gate) -> list[Route]:
    """``/shot``, ``/shot/verify``, ``/entries/{index}`` and what hangs on it, ``/pictures/{sha256}/{size}``."""

    async def shot(request: Request) -> Response:
        visit = await gate(request)
        if isinstance(visit, Response):
            return visit
        query = dict(request.query_params)
        return await pages.answer(request, partial(shots.page, onlooker=visit.onlooker, sight=visit.sight, query=query), visit.onlooker)

    async def verify(request: Request) -> Response:
        visit = await gate(request)
        if isinstance(visit, Response):
            return visit
        if is_foreign(request):
            return pages.refused(words.FOREIGN, reader_of(request), visit.onlooker)
        body = await body_of(request)
        if isinstance(body, Refusal):
            return pages.refused(body, reader_of(request), visit.onlooker)
        query, piece = form_fields(body), request.headers.get("hx-request") == "true"
        work = partial(shots.page, onlooker=visit.onlooker, sight=visit.sight, query=query, verify=True, piece=piece)
        return await pages.answer(request, work, visit.onlooker)

    def entry(work: Callable[..., Response], **told: str) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            visit = await gate(request)
            if not isinstance(visit, Visit):
                return visit
            asked = partial(work, onlooker=visit.onlooker, sight=visit.sight, **request.path_params, **told)
            return await pages.answer(request, asked, visit.onlooker)

        return answer

    return [
        Route("/shot", shot, methods=["GET"]),
        Route("/shot/verify", verify, methods=["POST"]),
        Route("/entries/{index}", entry(entries.page), methods=["GET"]),
        Route("/entries/{index}/json", entry(entries.file, kind="json"), methods=["GET"]),
        Route("/entries/{index}/proof", entry(entries.file, kind="proof"), methods=["GET"]),
        Route("/entries/{index}/pictures/{sha256}/{size}", entry(entries.picture), methods=["GET"]),
        Route("/pictures/{sha256}/{size}", entry(entries.picture_of_show), methods=["GET"]),
    ]
