"""The pages over HTTP: what is read of a request, within which bounds, and what every answer carries."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from integration.errors import TransientTrackerError
from integration.studio import Studio
from integration.web import words
from integration.web.board.live import LiveBoard
from integration.web.board.page import BoardPage
from integration.web.board.routes import board_routes
from integration.web.entries import EntryPages
from integration.web.evidence_page import path_of_link
from integration.web.gate import Gates
from integration.web.mine.page import MinePages
from integration.web.mine.routes import mine_routes
from integration.web.outcome_pages import OutcomePages, Page, refused
from integration.web.pace import Pace
from integration.web.pages import Onlooker, Pages
from integration.web.pictures import PictureShelf
from integration.web.reader import Reader, changed, form_fields, reader_of
from integration.web.received import body_of, is_foreign
from integration.web.report.page import ReportPages
from integration.web.report.routes import report_routes
from integration.web.rights import REPORT_ACTS, Act
from integration.web.shot.page import ShotPage
from integration.web.shot.routes import shot_routes
from integration.web.shown import Shown
from integration.web.sign_in import SignIn
from integration.web.static_files import StaticFiles
from integration.web.visit import Gate
from integration.web.words import Refusal
from integration.web_settings import WebSettings
from integration.workflow.evidence import PATH

log = structlog.get_logger(__name__)

_ANSWER_S = 25.0
_LONGEST_NAME = 400


def build_app(
    pages: OutcomePages, settings: WebSettings, pool: ThreadPoolExecutor, *, live: LiveBoard, address: str, gate: Gate | None = None
) -> ASGIApp:
    """The pages as an application.

    Args:
        pages: those behind the tracker's menu.
        settings: where they are found, and how often.
        pool: their work, which waits for tracker and database, is done there.
        live: what the board shows.
        address: what browsers call the pages by, without a slash at its end.
        gate: lets people in in place of the session's, for every page.
    """
    shown = Shown(path=settings.path)
    desk = _Desk(pages, shown, pool)
    static = StaticFiles(path=settings.path)
    frame = Pages(path=settings.path, pool=pool, static=static)
    framed = _Framed(frame, settings)
    hosts = {"127.0.0.1", "localhost", settings.host, urlsplit(settings.public_url).hostname or ""} - {""}
    routes = [static.route, Route("/preferences", framed.prefer, methods=["POST"])]
    routes += _people_routes(pages.studio, frame, pool, live, address, gate)
    if pages.menu is not None:
        routes += [Route(f"/menu/{pages.menu.name}/outcome", desk.menu, methods=["POST"]), Route("/outcome", desk.say, methods=["POST"])]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=sorted(hosts), www_redirect=False)],
        exception_handlers={404: desk.absent, 405: desk.not_so},
    )
    app.state.public_url = settings.public_url
    return _Door(app, shown.headers, Pace(per_minute=settings.requests_per_minute))


def _people_routes(studio: Studio, frame: Pages, pool: ThreadPoolExecutor, live: LiveBoard, address: str, gate: Gate | None) -> list[Route]:
    """The pages that people sign in for."""
    gates = Gates(studio, frame, pool)

    def to(*acts: Act) -> Gate:
        return gate or gates.to(*acts)

    async def evidence(request: Request) -> Response:
        visit = await to(Act.SHOT)(request)
        if isinstance(visit, Response):
            return visit
        work = partial(_followed, studio, frame, request.path_params["name"][:_LONGEST_NAME], visit.onlooker)
        return await frame.answer(request, work, visit.onlooker)

    shelf = PictureShelf(studio.storage, studio.settings.state_folder / "pictures")
    return [
        Route(f"/{PATH}/{{name}}", evidence, methods=["GET"]),
        *SignIn(studio, frame, pool, address=address).routes,
        *board_routes(BoardPage(studio, frame, live), frame, live, to(Act.BOARD)),
        *mine_routes(MinePages(studio, frame), frame, to(Act.OWN_RECORD)),
        *report_routes(ReportPages(studio, frame, shelf), frame, to(*REPORT_ACTS.values())),
        *shot_routes(ShotPage(studio, frame, live), EntryPages(studio, frame, shelf), frame, to(Act.SHOT)),
    ]


def _followed(studio: Studio, frame: Pages, name: str, shown: Onlooker, reader: Reader) -> Response:
    """Where a link from the tracker leads."""
    path = path_of_link(studio, name)
    return frame.refused(words.NO_PAGE, reader, shown) if path is None else RedirectResponse(frame.to(path), status_code=303)


class _Desk:
    """Takes requests and hands pages back."""

    def __init__(self, pages: OutcomePages, shown: Shown, pool: ThreadPoolExecutor) -> None:
        self._pages, self._shown, self._pool = pages, shown, pool

    async def menu(self, request: Request) -> Response:
        """Somebody chose the menu item."""
        body = await body_of(request)
        return await self._answer(body if isinstance(body, Refusal) else partial(self._pages.choices, body))

    async def say(self, request: Request) -> Response:
        """Somebody pressed a button."""
        if is_foreign(request):
            return await self._answer(words.FOREIGN)
        body = await body_of(request)
        if isinstance(body, Refusal):
            return await self._answer(body)
        try:
            form = dict(parse_qsl(body.decode("ascii"), max_num_fields=10))
        except ValueError:
            return await self._answer(words.NO_FORM)
        return await self._answer(partial(self._pages.say, form.get("token", ""), form.get("outcome", "")))

    async def absent(self, _request: Request, _error: Exception) -> Response:
        """Nothing is there."""
        return self._shown.response(refused(words.NO_PAGE))

    async def not_so(self, _request: Request, _error: Exception) -> Response:
        """A page that only the menu opens."""
        return self._shown.response(refused(words.MENU_ONLY))

    async def _answer(self, work: Refusal | Callable[[], Page]) -> Response:
        page = refused(work) if isinstance(work, Refusal) else await self._worked(work)
        return self._shown.response(page)

    async def _worked(self, work: Callable[[], Page]) -> Page:
        """What the work gives in time; left alone, it may still finish, and what it records is recorded once."""
        done = asyncio.get_running_loop().run_in_executor(self._pool, work)
        try:
            return await asyncio.wait_for(done, _ANSWER_S)
        except (TransientTrackerError, sa.exc.OperationalError, TimeoutError) as error:
            log.warning("page not answered", why=type(error).__name__)
            return refused(words.BUSY)
        except Exception:
            log.exception("page failed")
            return refused(words.FAILED)


class _Framed:
    """Takes requests for the pages in the frame."""

    def __init__(self, pages: Pages, settings: WebSettings) -> None:
        self._pages, self._settings = pages, settings

    async def prefer(self, request: Request) -> Response:
        """Somebody chose a language or an appearance."""
        if is_foreign(request):
            return self._pages.refused(words.FOREIGN, reader_of(request))
        body = await body_of(request)
        if isinstance(body, Refusal):
            return self._pages.refused(body, reader_of(request))
        return changed(form_fields(body), path=self._settings.path, secure=self._settings.is_secure)


class _Door:
    """Lets requests in at a pace, puts headers on every answer that brings none of its own, and logs who was let in, not what they sent."""

    def __init__(self, app: ASGIApp, headers: dict[str, str], pace: Pace) -> None:
        self._app, self._headers, self._pace = app, headers, pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began_s, status = time.monotonic(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        if not self._pace.allows((scope.get("client") or ("",))[0]):
            busy = PlainTextResponse("Too many requests: wait a minute.\n", status_code=429, headers={"Retry-After": "60"})
            await busy(scope, receive, answer)
            return
        await self._app(scope, receive, answer)
        log.info("page shown", path=_shown_in_log(scope["path"]), status=status, seconds=round(time.monotonic() - began_s, 3))


def _shown_in_log(path: str) -> str:
    """A path without what opens the record in it."""
    return f"/{PATH}/…" if path.startswith(f"/{PATH}/") else path[:80]
