"""Lets people in: from a request's cookie to who asks and what they may see, or to the page where they sign in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hmac import compare_digest

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from integration.studio import Studio
from integration.web import phrases, words
from integration.web.cookies import BACK, SESSION, Cookies
from integration.web.identity import rules_of, sight_of
from integration.web.pace import Pace
from integration.web.pages import NavItem, Onlooker, Pages
from integration.web.reader import form_fields, own_place, reader_of
from integration.web.received import body_of, is_foreign
from integration.web.rights import REPORT_ACTS, Act, may
from integration.web.sessions import Session, SignedIn, session_of
from integration.web.visit import Gate, Visit
from integration.web.words import Refusal

SIGN_IN = "/sign-in"
"""Where people sign in."""
_BACK_S = 600


class Gates:
    """Knows who is signed in; one for the server."""

    def __init__(self, studio: Studio, pages: Pages, pool: ThreadPoolExecutor) -> None:
        """Keep what is asked of each request; `pages` are those of the frame."""
        self._studio, self._pages, self._pool = studio, pages, pool
        self._cookies, self._rules = Cookies(studio.settings.web), rules_of(studio.settings.web)
        self._pace = Pace(per_minute=-(-studio.settings.web.requests_per_minute // 2))

    def to(self, *acts: Act) -> Gate:
        """The gate before pages on which one of `acts` is done."""

        async def gate(request: Request) -> Visit | Response:
            token = self._cookies.value(request, SESSION)
            try:
                visit = await asyncio.get_running_loop().run_in_executor(self._pool, self._visit, token, acts) if token else None
            except sa.exc.OperationalError:
                return self._pages.refused(words.BUSY, reader_of(request))
            if visit is None:
                return self._to_sign_in(request) if _is_shown(request) else self._pages.refused(words.SIGN_IN_FIRST, reader_of(request))
            if isinstance(visit, Onlooker):
                return self._pages.refused(words.NOT_FOR_YOU, reader_of(request), visit)
            if not self._pace.allows(visit.onlooker.token):
                return self._pages.refused(words.TOO_OFTEN, reader_of(request), visit.onlooker)
            return visit

        return gate

    def _to_sign_in(self, request: Request) -> Response:
        here = reader_of(request).here
        answer = RedirectResponse(self._pages.to(SIGN_IN), status_code=303)
        if own_place(here) == here:
            self._cookies.put(answer, BACK, here, age_s=_BACK_S)
        return answer

    def _visit(self, token: str, acts: tuple[Act, ...]) -> Visit | Onlooker | None:
        """Who asks; only what the frame says of them where they may do none of `acts`; None for somebody who is not signed in."""
        session = session_of(self._studio.engine, token, now=datetime.now(UTC), rules=self._rules)
        if session is None:
            return None
        onlooker = _onlooker(session)
        if not any(may(session.who.roles, act) for act in acts):
            return onlooker
        with self._studio.engine.connect() as connection:
            sight = sight_of(connection, session.who, others=may(session.who.roles, Act.FILTER_BY_PERSON))
        return Visit(onlooker=onlooker, sight=sight, who=session.who)


async def form_of(request: Request, visit: Visit) -> dict[str, str] | Refusal:
    """The form somebody sent from a page of ours, where it carries their session's token; or why it does not count."""
    if is_foreign(request):
        return words.FOREIGN
    body = await body_of(request)
    if isinstance(body, Refusal):
        return body
    form = form_fields(body)
    return form if is_token(form.get("token", ""), visit.onlooker.token) else words.FOREIGN


def is_token(given: str, wanted: str) -> bool:
    """Whether a form carries the token it must; none is never right."""
    return bool(wanted) and compare_digest(given.encode(), wanted.encode())


def _is_shown(request: Request) -> bool:
    """Whether the browser shows the answer as a page; what its pages fetch by themselves is told plainly instead."""
    if request.method != "GET" or "hx-request" in request.headers:
        return False
    mode = request.headers.get("sec-fetch-mode")
    return mode == "navigate" if mode else request.headers.get("accept", "*/*").startswith(("text/html", "*/*"))


def _onlooker(session: Session) -> Onlooker:
    return Onlooker(name=session.who.name, nav=tuple(_nav(session.who)), token=session.form_token)


def _nav(who: SignedIn) -> list[NavItem]:
    offered = [
        (NavItem(path="/", words=phrases.BOARD), (Act.BOARD,)),
        (NavItem(path="/mine", words=phrases.MY_RECORD), (Act.OWN_RECORD,) if who.person else ()),
        (NavItem(path="/reports", words=phrases.REPORTS), tuple(REPORT_ACTS.values())),
    ]
    return [item for item, acts in offered if any(may(who.roles, act) for act in acts)]
