"""The page on which people sign in: by the studio's identity provider, or by a code they were given."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa
import structlog
from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from integration.errors import HaikeiError, TransientTrackerError
from integration.studio import Studio
from integration.web import words
from integration.web.gate import BACK, SIGN_IN, cookie_name, is_secure
from integration.web.identity import signed_in
from integration.web.oidc import Begun, Provider
from integration.web.pace import Pace
from integration.web.pages import Pages
from integration.web.reader import form_fields, own_place, reader_of
from integration.web.received import body_of
from integration.web.sessions import SignedIn, begin, end, use_link
from integration.web.words import Refusal

log = structlog.get_logger(__name__)

CALLBACK = f"{SIGN_IN}/callback"
"""Where the provider sends people back to."""
_BEGUN = "haikei_begun"
_BEGUN_S = 600
_LONGEST_CODE = 100


class SignIn:
    """Signs people in and out; one for the server."""

    def __init__(self, studio: Studio, pages: Pages, pool: ThreadPoolExecutor, *, address: str) -> None:
        """Make ready; `address` is what browsers call the pages by, without a slash at its end."""
        self._studio, self._pages, self._pool = studio, pages, pool
        self._settings = studio.settings.web
        oidc = self._settings.oidc
        self._provider = Provider(oidc, redirect_uri=address + CALLBACK) if oidc.issuer else None
        self._seal = Fernet(Fernet.generate_key())
        self._pace = Pace(per_minute=self._settings.sign_ins_per_minute)

    @property
    def routes(self) -> list[Route]:
        """``/sign-in`` and what hangs on it."""
        return [
            Route(SIGN_IN, self.page, methods=["GET"]),
            Route(f"{SIGN_IN}/code", self.by_code, methods=["POST"]),
            Route(f"{SIGN_IN}/provider", self.by_provider, methods=["POST"]),
            Route(CALLBACK, self.callback, methods=["GET"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The page itself."""
        return self._pages.render("sign_in.html", reader_of(request), words=words, provider=self._provider is not None)

    async def by_code(self, request: Request) -> Response:
        """Somebody has a code."""
        form = await self._form(request)
        if isinstance(form, Refusal):
            return self._pages.refused(form, reader_of(request))
        code, back = form.get("code", "").strip()[:_LONGEST_CODE], request.cookies.get(BACK, "")
        return await self._answer(request, partial(self._with_code, code, back))

    async def by_provider(self, request: Request) -> Response:
        """Somebody wants to go to the provider."""
        form = await self._form(request)
        if isinstance(form, Refusal) or self._provider is None:
            return self._pages.refused(form if isinstance(form, Refusal) else words.NO_PAGE, reader_of(request))
        return await self._answer(request, self._to_provider)

    async def callback(self, request: Request) -> Response:
        """The provider sent somebody back."""
        if self._provider is None or not self._pace.allows(_address(request)):
            return self._pages.refused(words.NO_PAGE if self._provider is None else words.TOO_OFTEN, reader_of(request))
        kept, back = request.cookies.get(_BEGUN, ""), request.cookies.get(BACK, "")
        return await self._answer(request, partial(self._from_provider, kept, dict(request.query_params), back))

    async def sign_out(self, request: Request) -> Response:
        """Somebody leaves."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return self._pages.refused(words.FOREIGN, reader_of(request))
        token = request.cookies.get(cookie_name(self._settings), "")
        await asyncio.get_running_loop().run_in_executor(self._pool, self._end, token)
        answer = self._redirect(SIGN_IN)
        answer.delete_cookie(cookie_name(self._settings), path=self._cookie_path, secure=is_secure(self._settings), httponly=True)
        return answer

    @property
    def _cookie_path(self) -> str:
        return self._settings.path or "/"

    async def _form(self, request: Request) -> dict[str, str] | Refusal:
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return words.FOREIGN
        if not self._pace.allows(_address(request)):
            return words.TOO_OFTEN
        body = await body_of(request)
        return body if isinstance(body, Refusal) else form_fields(body)

    async def _answer(self, request: Request, work: Callable[[], Response | Refusal]) -> Response:
        try:
            made = await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except (TransientTrackerError, sa.exc.OperationalError):
            made = words.BUSY
        except HaikeiError as error:
            log.warning("not signed in", why=str(error), hint=error.hint)
            made = words.not_signed_in(error)
        return self._pages.refused(made, reader_of(request)) if isinstance(made, Refusal) else made

    def _with_code(self, code: str, back: str) -> Response | Refusal:
        now = datetime.now(UTC)
        with self._studio.engine.begin() as connection:
            used = use_link(connection, code, now=now)
            if used is None:
                log.warning("not signed in", why="no such code")
                return words.NO_CODE
            who, until, link = used
            token = begin(connection, who, now=now, until=min(until, self._latest(now)), link_sha256=link)
        return self._welcome(who, token, back)

    def _to_provider(self) -> Response:
        assert self._provider is not None, "there are no such routes without one"
        address, begun = self._provider.begin()
        answer = RedirectResponse(address, status_code=303)
        kept = self._seal.encrypt(json.dumps(asdict(begun)).encode()).decode()
        secure, path = is_secure(self._settings), self._cookie_path
        answer.set_cookie(_BEGUN, kept, max_age=_BEGUN_S, path=path, secure=secure, httponly=True, samesite="lax")
        return answer

    def _from_provider(self, kept: str, answer: dict[str, str], back: str) -> Response | Refusal:
        assert self._provider is not None, "there are no such routes without one"
        try:
            begun = Begun(**json.loads(self._seal.decrypt(kept.encode(), ttl=_BEGUN_S)))
        except (InvalidToken, ValueError, TypeError):
            return words.SIGN_IN_AGAIN
        account = self._provider.finish(answer, begun)
        who, now = signed_in(self._studio, account), datetime.now(UTC)
        with self._studio.engine.begin() as connection:
            token = begin(connection, who, now=now, until=self._latest(now))
        welcome = self._welcome(who, token, back)
        welcome.delete_cookie(_BEGUN, path=self._cookie_path)
        return welcome

    def _latest(self, now: datetime) -> datetime:
        return now + timedelta(hours=self._settings.session_hours)

    def _end(self, token: str) -> None:
        with self._studio.engine.begin() as connection:
            end(connection, token)

    def _welcome(self, who: SignedIn, token: str, back: str) -> Response:
        person = hashlib.sha256(who.person.encode()).hexdigest()[:12]
        log.info("signed in", person=person, roles=sorted(role.value for role in who.roles))
        answer = self._redirect(own_place(back))
        secure = is_secure(self._settings)
        answer.set_cookie(cookie_name(self._settings), token, path=self._cookie_path, secure=secure, httponly=True, samesite="lax")
        answer.delete_cookie(BACK, path=self._cookie_path)
        return answer

    def _redirect(self, path: str) -> Response:
        return RedirectResponse(self._pages.to(path), status_code=303, headers={"Cache-Control": "no-store"})


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
