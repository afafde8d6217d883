"""Where the board is found."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integration.web.board.live import LiveBoard
from integration.web.board.page import BoardPage
from integration.web.pages import Pages
from integration.web.visit import Gate


def board_routes(page: BoardPage, pages: Pages, live: LiveBoard, gate: Gate) -> list[Route]:
    """``/``, and ``/board/changes`` beside it."""

    async def board(request: Request) -> Response:
        visit = await gate(request)
        if isinstance(visit, Response):
            return visit
        piece = request.headers.get("hx-request") == "true"
        query = dict(request.query_params)
        work = partial(page.page, onlooker=visit.onlooker, sight=visit.sight, query=query, piece=piece)
        return await pages.answer(request, work, visit.onlooker)

    async def changes(request: Request) -> Response:
        visit = await gate(request)
        if isinstance(visit, Response):
            return visit
        after = request.query_params.get("after", "")
        return live.streams.answer(after=int(after) if after.isascii() and after.isdecimal() and len(after) < 16 else -1)

    return [Route("/", board, methods=["GET"]), Route("/board/changes", changes, methods=["GET"])]
