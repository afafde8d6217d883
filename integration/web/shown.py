"""Pages as HTML: escaped, without script, kept by nobody on the way."""

import base64
import hashlib
from functools import cached_property
from pathlib import Path

import jinja2
from starlette.responses import HTMLResponse

from integration.web import words
from integration.web.outcome_pages import Page

_TEMPLATES = Path(__file__).parent / "templates"


class Shown:
    """Turns pages into answers."""

    def __init__(self, *, path: str) -> None:
        """Read the templates; `path` stands before every path of ours in the browser."""
        loader = jinja2.FileSystemLoader(_TEMPLATES)
        templates = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._page = templates.get_template("outcome.html")
        self._style = (_TEMPLATES / "outcome.css").read_text(encoding="utf-8")
        self._path = path

    def response(self, page: Page) -> HTMLResponse:
        """The answer that shows `page`."""
        html = self._page.render(page=page, words=words, style=self._style, action=f"{self._path}/outcome")
        return HTMLResponse(html, status_code=page.status)

    @cached_property
    def headers(self) -> dict[str, str]:
        """What every answer carries: no script, no frame, no other site, nothing kept."""
        digest = base64.b64encode(hashlib.sha256(self._style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        return {
            "Content-Security-Policy": policy,
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Robots-Tag": "noindex",
        }
