"""Where one's own record is found."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integration.web.behind import opened, sent
from integration.web.mine.page import MinePages
from integration.web.pages import Pages
from integration.web.visit import Gate


def mine_routes(mine: MinePages, pages: Pages, gate: Gate) -> list[Route]:
    """``/mine`` and what hangs on it."""

    async def read(request: Request) -> Response:
        asked = request.query_params.get("page", "1")
        page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 6 else 1
        return await opened(gate, pages, lambda reader, visit: mine.read(reader, visit=visit, page=page))(request)

    return [
        Route("/mine", read, methods=["GET"]),
        Route("/mine/naming", sent(gate, pages, mine.naming), methods=["POST"]),
        Route("/mine/download", sent(gate, pages, mine.download), methods=["POST"]),
        Route("/mine/{index}", opened(gate, pages, mine.entry), methods=["GET"]),
        Route("/mine/{index}/correction", sent(gate, pages, mine.correct), methods=["POST"]),
        Route("/mine/{index}/statement", sent(gate, pages, mine.state), methods=["POST"]),
    ]
