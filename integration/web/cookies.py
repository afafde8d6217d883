"""Our cookies: out of scripts' sight, sent to us alone, and where all is HTTPS under names that no neighbouring site may set."""

from starlette.requests import Request
from starlette.responses import Response

from integration.web_settings import WebSettings

SESSION = "haikei"
"""Token of the session."""
BACK = "haikei_back"
"""The page that somebody wanted before they signed in."""
BEGUN = "haikei_begun"
"""What must come back from the identity provider, sealed."""


class Cookies:
    """Reads and sets cookies as the pages are reached. Names are prefixed by the rules of RFC 6265bis, section 4.1.3."""

    def __init__(self, settings: WebSettings) -> None:
        """`settings` say by which address browsers reach the pages."""
        self._path, self._secure = settings.path or "/", settings.is_secure
        self._prefix = ("__Secure-" if settings.path else "__Host-") if settings.is_secure else ""

    def name(self, cookie: str) -> str:
        """What browsers call one of ours."""
        return self._prefix + cookie

    def value(self, request: Request, cookie: str) -> str:
        """What the browser sent; empty when nothing."""
        return request.cookies.get(self.name(cookie), "")

    def put(self, answer: Response, cookie: str, value: str, *, age_s: int | None = None) -> None:
        """Have the browser keep it for `age_s` seconds, or until it is closed."""
        answer.set_cookie(self.name(cookie), value, max_age=age_s, path=self._path, secure=self._secure, httponly=True, samesite="lax")

    def drop(self, answer: Response, cookie: str) -> None:
        """Have the browser forget it."""
        answer.delete_cookie(self.name(cookie), path=self._path, secure=self._secure, httponly=True, samesite="lax")
