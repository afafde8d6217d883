"""The page on which people sign in: by the studio's identity provider, or by a code they were given."""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
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
from integration.web.cookies import BACK, BEGUN, SESSION, Cookies
from integration.web.gate import SIGN_IN, is_token
from integration.web.identity import rules_of, signed_in
from integration.web.links import use_link
from integration.web.oidc import Begun, Provider
from integration.web.pace import Pace
from integration.web.pages import Pages
from integration.web.reader import form_fields, own_place, reader_of
from integration.web.received import body_of, is_foreign
from integration.web.rights import WebRole
from integration.web.sessions import Limits, SignedIn, begin, end, session_of
from integration.web.words import Refusal

log = structlog.get_logger(__name__)

CALLBACK = f"{SIGN_IN}/callback"
"""Where the provider sends people back to."""
_BEGUN_S = 600
_LONGEST_CODE = 100
_MOST_AT_ONCE = 4
"""Of the server's threads that may wait for the provider and the tracker; the others serve pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brought:
    """What a browser brings along to sign in."""

    begun: str
    """Sealed."""
    back: str
    session: str
    """Token of a session it has already."""


class SignIn:
    """Signs people in and out; one for the server."""

    def __init__(self, studio: Studio, pages: Pages, pool: ThreadPoolExecutor, *, address: str) -> None:
        """Make ready; `address` is what browsers call the pages by, without a slash at its end."""
        self._studio, self._pages, self._pool = studio, pages, pool
        self._settings = studio.settings.web
        oidc = self._settings.oidc
        self._provider = Provider(oidc, redirect_uri=address + CALLBACK) if oidc.issuer else None
        self._rules = rules_of(self._settings)
        self._seal = Fernet(Fernet.generate_key())
        self._pace = Pace(per_minute=self._settings.sign_ins_per_minute)
        self._under_way = 0
        self._cookies = Cookies(self._settings)

    @property
    def routes(self) -> list[Route]:
        """``/sign-in`` and what hangs on it."""
        return [
            Route(SIGN_IN, self.page, methods=["GET"]),
            Route(f"{SIGN_IN}/code", self.by_code, methods=["POST"]),
            Route(f"{SIGN_IN}/provider", self.by_provider, methods=["GET"]),
            Route(CALLBACK, self.callback, methods=["GET"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The page itself."""
        return self._pages.render("sign_in.html", reader_of(request), words=words, provider=self._provider is not None)

    async def by_code(self, request: Request) -> Response:
        """Somebody has a code."""
        if is_foreign(request):
            return self._pages.refused(words.FOREIGN, reader_of(request))
        body = await body_of(request)
        if isinstance(body, Refusal):
            return self._pages.refused(body, reader_of(request))
        code = form_fields(body).get("code", "").strip()[:_LONGEST_CODE]
        return await self._answer(request, partial(self._with_code, code, self._brought(request)))

    async def by_provider(self, request: Request) -> Response:
        """Somebody wants to go to the provider. By a link: browsers let no form of ours lead to another site."""
        if self._provider is None:
            return self._pages.refused(words.NO_PAGE, reader_of(request))
        return await self._answer(request, partial(self._to_provider, self._provider))

    async def callback(self, request: Request) -> Response:
        """The provider sent somebody back."""
        if self._provider is None:
            return self._pages.refused(words.NO_PAGE, reader_of(request))
        work = partial(self._from_provider, self._provider, dict(request.query_params), self._brought(request))
        return await self._answer(request, work)

    async def sign_out(self, request: Request) -> Response:
        """Somebody leaves."""
        if is_foreign(request):
            return self._pages.refused(words.FOREIGN, reader_of(request))
        body = await body_of(request)
        if isinstance(body, Refusal):
            return self._pages.refused(body, reader_of(request))
        work = partial(self._left, self._cookies.value(request, SESSION), form_fields(body).get("token", ""))
        return await self._answer(request, work)

    async def _answer(self, request: Request, work: Callable[[], Response | Refusal]) -> Response:
        """What `work` comes to, in a thread; nobody hears more of what went wrong than helps them."""
        reader = reader_of(request)
        if not self._pace.allows(request.client.host if request.client else ""):
            return self._pages.refused(words.TOO_OFTEN, reader)
        if self._under_way >= _MOST_AT_ONCE:
            return self._pages.refused(words.BUSY, reader)
        self._under_way += 1
        try:
            made = await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except (TransientTrackerError, sa.exc.OperationalError) as error:
            log.warning("not signed in", why=type(error).__name__)
            made = words.BUSY
        except HaikeiError as error:
            log.warning("not signed in", why=str(error), hint=error.hint)
            made = words.not_signed_in(error)
        except Exception:
            log.exception("not signed in")
            made = words.FAILED
        finally:
            self._under_way -= 1
        if isinstance(made, Refusal):
            return self._pages.refused(made, reader)
        return made

    def _brought(self, request: Request) -> _Brought:
        begun, back, session = (self._cookies.value(request, name) for name in (BEGUN, BACK, SESSION))
        return _Brought(begun=begun, back=back, session=session)

    def _with_code(self, code: str, brought: _Brought) -> Response | Refusal:
        now = datetime.now(UTC)
        with self._studio.engine.begin() as connection:
            used = use_link(connection, code, now=now)
            if used is None:
                log.warning("not signed in", why="no such code")
                return words.NO_CODE
            who = replace(used.who, account=f"link:{used.sha256}")
            limits = Limits(until=min(used.until, self._latest(now)), idle=self._idle, link_sha256=used.sha256)
            if WebRole.AUDITOR in who.roles:  # their code worked this once, and has to last them to its end
                limits = replace(limits, until=used.until, idle=None)
            token = self._begun(connection, who, limits, brought, now=now)
        age_s = int((limits.until - now).total_seconds()) if limits.idle is None else None
        return self._welcome(who, token, brought, age_s=age_s)

    def _to_provider(self, provider: Provider) -> Response:
        address, begun = provider.begin()
        answer = RedirectResponse(address, status_code=303)
        kept = self._seal.encrypt(json.dumps(asdict(begun)).encode()).decode()
        self._cookies.put(answer, BEGUN, kept, age_s=_BEGUN_S)
        return answer

    def _from_provider(self, provider: Provider, answer: dict[str, str], brought: _Brought) -> Response | Refusal:
        try:
            begun = Begun(**json.loads(self._seal.decrypt(brought.begun.encode(), ttl=_BEGUN_S)))
        except (InvalidToken, ValueError, TypeError):
            return words.SIGN_IN_AGAIN
        who, now = signed_in(self._studio, provider.finish(answer, begun)), datetime.now(UTC)
        limits = Limits(until=self._latest(now), idle=self._idle, rules=self._rules)
        with self._studio.engine.begin() as connection:
            token = self._begun(connection, who, limits, brought, now=now)
        return self._welcome(who, token, brought)

    @property
    def _idle(self) -> timedelta:
        return timedelta(minutes=self._settings.idle_minutes)

    def _latest(self, now: datetime) -> datetime:
        return now + timedelta(hours=self._settings.session_hours)

    def _begun(self, connection: sa.Connection, who: SignedIn, limits: Limits, brought: _Brought, *, now: datetime) -> str:
        """A session in place of the browser's former one."""
        end(connection, brought.session)
        return begin(connection, who, limits, now=now)

    def _welcome(self, who: SignedIn, token: str, brought: _Brought, *, age_s: int | None = None) -> Response:
        log.info("signed in", account=who.account[:20], roles=sorted(role.value for role in who.roles))
        answer = self._redirect(own_place(brought.back))
        self._cookies.put(answer, SESSION, token, age_s=age_s)
        self._cookies.drop(answer, BACK)
        self._cookies.drop(answer, BEGUN)
        return answer

    def _left(self, session: str, token: str) -> Response | Refusal:
        found = session_of(self._studio.engine, session, now=datetime.now(UTC), rules=self._rules)
        if found is not None and not is_token(token, found.form_token):
            return words.FOREIGN
        with self._studio.engine.begin() as connection:
            end(connection, session)
        answer = self._redirect(SIGN_IN)
        self._cookies.drop(answer, SESSION)
        return answer

    def _redirect(self, path: str) -> Response:
        return RedirectResponse(self._pages.to(path), status_code=303)
