"""Lets people in: from a request's cookie to who asks and what they may see, or to the page where they sign in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from integration.studio import Studio
from integration.web import phrases, words
from integration.web.identity import sight_of
from integration.web.pages import NavItem, Onlooker, Pages
from integration.web.reader import form_fields, reader_of
from integration.web.received import body_of
from integration.web.rights import REPORT_ACTS, Act, may
from integration.web.sessions import Session, SignedIn, session_of
from integration.web.visit import Gate, Visit
from integration.web.words import Refusal
from integration.web_settings import WebSettings

SIGN_IN = "/sign-in"
"""Where people sign in."""
BACK = "haikei_back"
"""Cookie with the page that somebody wanted before they signed in."""
_BACK_S = 600


class Gates:
    """Knows who is signed in; one for the server."""

    def __init__(self, studio: Studio, pages: Pages, pool: ThreadPoolExecutor) -> None:
        """Keep what is asked of each request; `pages` are those of the frame."""
        self._studio, self._pages, self._pool = studio, pages, pool
        self._settings = studio.settings.web

    def to(self, *acts: Act) -> Gate:
        """The gate before pages on which one of `acts` is done."""

        async def gate(request: Request) -> Visit | Response:
            token = request.cookies.get(cookie_name(self._settings), "")
            visit = await asyncio.get_running_loop().run_in_executor(self._pool, self._visit, token, acts) if token else None
            if visit is None and request.method == "GET" and "hx-request" not in request.headers:
                return self._to_sign_in(reader_of(request).here)
            if visit is None:
                return self._pages.refused(words.SIGN_IN_FIRST, reader_of(request))
            return visit if isinstance(visit, Visit) else self._pages.refused(words.NOT_FOR_YOU, reader_of(request), visit)

        return gate

    def _to_sign_in(self, here: str) -> Response:
        answer = RedirectResponse(self._pages.to(SIGN_IN), status_code=303, headers={"Cache-Control": "no-store"})
        path, secure = self._settings.path or "/", is_secure(self._settings)
        answer.set_cookie(BACK, here, max_age=_BACK_S, path=path, secure=secure, httponly=True, samesite="lax")
        return answer

    def _visit(self, token: str, acts: tuple[Act, ...]) -> Visit | Onlooker | None:
        """Who asks; only what the frame says of them where they may do none of `acts`; None for somebody who is not signed in."""
        session = session_of(self._studio.engine, token, now=datetime.now(UTC))
        if session is None:
            return None
        shown = _shown(session)
        if not any(may(session.who.roles, act) for act in acts):
            return shown
        with self._studio.engine.connect() as connection:
            sight = sight_of(connection, session.who, others=may(session.who.roles, Act.FILTER_BY_PERSON))
        return Visit(onlooker=shown, sight=sight, who=session.who)


def cookie_name(settings: WebSettings) -> str:
    """The session's cookie; where all is HTTPS and ours, browsers keep other sites of the domain from setting it."""
    if not is_secure(settings):
        return "haikei"
    return "__Secure-haikei" if settings.path else "__Host-haikei"


def is_secure(settings: WebSettings) -> bool:
    """Whether browsers reach the pages by HTTPS alone."""
    return settings.public_url.startswith("https://")


async def form_of(request: Request, visit: Visit) -> dict[str, str] | Refusal:
    """The form somebody sent from a page of ours; or why it does not count."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return words.FOREIGN
    body = await body_of(request)
    if isinstance(body, Refusal):
        return body
    form = form_fields(body)
    token = form.get("token", "")
    return form if visit.onlooker.token and compare_digest(token.encode(), visit.onlooker.token.encode()) else words.FOREIGN


def _shown(session: Session) -> Onlooker:
    return Onlooker(name=session.who.name, nav=tuple(_nav(session.who)), token=session.form_token)


def _nav(who: SignedIn) -> list[NavItem]:
    offered = [
        (NavItem(path="/", words=phrases.BOARD), (Act.BOARD,)),
        (NavItem(path="/mine", words=phrases.MY_RECORD), (Act.OWN_RECORD,) if who.person else ()),
        (NavItem(path="/reports", words=phrases.REPORTS), tuple(REPORT_ACTS.values())),
        (NavItem(path="/operations", words=phrases.OPERATIONS), (Act.OPERATIONS,)),
    ]
    return [item for item, acts in offered if any(may(who.roles, act) for act in acts)]
