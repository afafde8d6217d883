"""ShotGrid's menu item for tests: the form a site's page posts through somebody's browser, signed as the vendor describes."""

import hashlib
import hmac
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlencode

import urllib3

SECRET = "a secret of the tests' menu item"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def form_of(
    *,
    user: int,
    about: Iterable[int],
    site: str,
    kind: str = "Version",
    at: datetime | None = None,
    secret: str = SECRET,
    **other: str,
) -> dict[str, str]:
    """The signed form of a menu item that `user` chose on what has these ids."""
    selected = ",".join(map(str, about))
    fields = {
        "user_id": str(user),
        "user_login": "somebody",
        "entity_type": kind,
        "selected_ids": selected,
        "ids": selected,
        "title": "AI draft outcome",
        "page_id": "4711",
        "server_hostname": site,
        "referrer_path": "/detail/Version/1",
        "session_uuid": "9dc7ae22-96ae-11f0-9d4e-0242ac110003",
        "cols": "code,sg_status_list",
        "column_display_names": "Version Name,ステータス",
        "view": "Default",
        "sort_column": "",
        "project_name": "テスト作品",
        "project_id": "70",
        "timestamp": f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **other,
    }
    lines = sorted(f"{name}={value}\r\n" for name, value in fields.items())
    return {**fields, "signature": hmac.new(secret.encode(), "".join(lines).encode("utf-8"), hashlib.sha1).hexdigest()}


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody's browser, as far as these pages need one."""

    address: str
    """Of the pages."""

    def choose(self, form: dict[str, str]) -> urllib3.BaseHTTPResponse:
        """Choose the menu item."""
        return self.post("/menu/shotgrid/outcome", form)

    def press(self, page: urllib3.BaseHTTPResponse, outcome: str, *, card: int = 0) -> urllib3.BaseHTTPResponse:
        """Press a button of one draft of a page that was shown."""
        return self.post("/outcome", {"token": tokens(page)[card], "outcome": outcome})

    def post(self, path: str, form: dict[str, str], **headers: str) -> urllib3.BaseHTTPResponse:
        """Send a form."""
        return urllib3.request(
            "POST", f"{self.address}{path}", body=urlencode(form), headers={**FORM, **headers}, retries=False, timeout=60
        )


def tokens(page: urllib3.BaseHTTPResponse) -> list[str]:
    """The token of each draft on a page."""
    return [unescape(token) for token in re.findall(r'name="token" value="([^"]+)"', text_of(page))]


def text_of(page: urllib3.BaseHTTPResponse) -> str:
    """A page's HTML."""
    return page.data.decode("utf-8")
