"""How somebody reads pages: language and appearance, kept in two cookies and changed by a form."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from integration.language import Language

_Choice = TypeVar("_Choice", bound=StrEnum)
_YEAR_S = 365 * 24 * 3600
_OWN_PLACE = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]{0,999})?")
"""Printable ASCII without backslash; the second character is no slash, which would begin another site's name."""


class Theme(StrEnum):
    """Which colours pages have."""

    AUTO = "auto"
    """As the machine is set."""
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a page is shown to whoever asked for it."""

    language: Language
    theme: Theme
    here: str
    """Path and query of the page as they stand in its address, to come back to."""


def reader_of(request: Request) -> Reader:
    """What the request's cookies say; without them the browser's language, Japanese where it names neither."""
    path, query = request.scope.get("raw_path", b"/").decode("ascii", "replace"), request.url.query
    return Reader(
        language=_language(request),
        theme=_one_of(Theme, request.cookies.get("haikei_theme", "")) or Theme.AUTO,
        here=path + (f"?{query}" if query else ""),
    )


def changed(form: dict[str, str], *, path: str, secure: bool) -> Response:
    """Keep what the form chooses, and go back to the page it stood on.

    Args:
        form: ``language`` or ``theme``, and ``back``: path and query of a page of ours; anything else leads to the first page.
        path: what stands before every path of ours in the browser.
        secure: whether browsers reach the pages by HTTPS alone.
    """
    answer = RedirectResponse(path + own_place(form.get("back", "")), status_code=303)
    chosen = {
        "haikei_language": _one_of(Language, form.get("language", "")),
        "haikei_theme": _one_of(Theme, form.get("theme", "")),
    }
    for name, value in chosen.items():
        if value is not None:
            answer.set_cookie(name, value.value, max_age=_YEAR_S, path=path or "/", secure=secure, httponly=True, samesite="lax")
    return answer


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a small form; empty where it is none."""
    try:
        return dict(parse_qsl(body.decode("ascii"), max_num_fields=20))
    except ValueError:
        return {}


def own_place(back: str) -> str:
    """`back` where it is a path and query of ours, else the first page: nobody is sent to another site."""
    return back if _OWN_PLACE.fullmatch(back) else "/"


def _language(request: Request) -> Language:
    kept = _one_of(Language, request.cookies.get("haikei_language", ""))
    if kept is not None:
        return kept
    told = request.headers.get("accept-language", "")[:200].casefold()
    codes = [part.partition(";")[0].strip()[:2] for part in told.split(",")]
    return next((language for code in codes if (language := _one_of(Language, code))), Language.JA)


def _one_of(kind: type[_Choice], value: str) -> _Choice | None:
    try:
        return kind(value)
    except ValueError:
        return None
