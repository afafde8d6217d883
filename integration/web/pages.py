"""How a page is made: its template in the frame, in the reader's language, with what every such answer carries."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jinja2
import sqlalchemy as sa
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from integration.errors import TransientStorageError, TransientTrackerError
from integration.language import Language, Words
from integration.web import phrases, words
from integration.web.reader import Reader, reader_of
from integration.web.static_files import StaticFiles
from integration.web.words import Refusal

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page in the frame may load: our own files, and nothing that stands in the page itself."""
ANSWER_S = 25.0
"""Longest a page is waited for; the server's work may end later."""

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One entry of the main menu."""

    path: str
    """Of ours: ``/reports``."""
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """What the frame says of whoever looks."""

    name: str = ""
    """As the tracker writes it; empty before they signed in."""
    nav: tuple[NavItem, ...] = ()
    """What they may open."""
    token: str = ""
    """Proves that a form of theirs comes from our page; empty where none is needed."""


NOBODY = Onlooker()
"""Somebody who has not signed in."""


class Pages:
    """Makes pages; one for the server."""

    def __init__(self, *, path: str, pool: ThreadPoolExecutor, static: StaticFiles) -> None:
        """Read the templates.

        Args:
            path: what stands before every path of ours in the browser.
            pool: where the work of a page is done, which waits for tracker and database.
            static: the files that pages are made of.
        """
        self._path, self._pool = path, pool
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["say"] = _say
        self._templates.globals |= {"phrases": phrases, "static": static.addresses, "to": self.to, "languages": tuple(Language)}

    def to(self, path: str) -> str:
        """The address of a path of ours (``/shots``), as it stands in a link."""
        return self._path + path

    def render(self, template: str, reader: Reader, onlooker: Onlooker = NOBODY, *, status: int = 200, **told: Any) -> Response:
        """The page that `template` makes of what it is `told`.

        A template extends ``frame.html`` and fills its blocks ``title`` and ``main``, or is a piece of a page by itself.
        Phrases are written ``{{ words.TITLE | say }}``, addresses ``{{ to('/shots') }}``.
        """
        page = self._templates.get_template(template).render(reader=reader, onlooker=onlooker, **told)
        return HTMLResponse(
            page, status_code=status, headers={"Content-Security-Policy": POLICY, "Content-Language": reader.language.value}
        )

    def refused(self, refusal: Refusal, reader: Reader, onlooker: Onlooker = NOBODY) -> Response:
        """The page that says why there is none."""
        return self.render("refused.html", reader, onlooker, status=refusal.status, refusal=refusal)

    async def answer(self, request: Request, work: Callable[[Reader], Response], onlooker: Onlooker = NOBODY) -> Response:
        """What `work` makes, in a thread and in time; left alone it may still finish.

        Args:
            request: somebody's.
            work: waits for database and tracker as it likes, and gives the answer.
            onlooker: for a page that says why there is none.
        """
        reader = reader_of(request)
        done = asyncio.get_running_loop().run_in_executor(self._pool, partial(work, reader))
        try:
            return await asyncio.wait_for(done, ANSWER_S)
        except (TransientTrackerError, TransientStorageError, sa.exc.OperationalError, TimeoutError) as error:
            log.warning("page not answered", why=type(error).__name__)
            return self.refused(words.BUSY, reader, onlooker)
        except Exception:
            log.exception("page failed")
            return self.refused(words.FAILED, reader, onlooker)


@jinja2.pass_context
def _say(context: Mapping[str, Any], said: Words) -> str:
    reader: Reader = context["reader"]
    return said.of(reader.language)
