"""HTTP: what each path leads to. Nothing a caller sends makes it crash or answer 500."""

import json
import re
import socket
import struct
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

import structlog

from integration.sandbox.shotgrid.api import answer, parse_call
from integration.sandbox.shotgrid.faults import Failure
from integration.sandbox.shotgrid.forms import read_form
from integration.sandbox.shotgrid.identity import check_script
from integration.sandbox.shotgrid.media import ATTACHMENT, file_of, thumbnail
from integration.sandbox.shotgrid.page import Page
from integration.sandbox.shotgrid.studio import PENDING_PICTURE, Studio
from integration.sandbox.shotgrid.uploads import LARGEST_FILE, Uploads

log = structlog.get_logger(__name__)

_LARGEST_CALL = 32 * 1024**2
_LARGEST_FORM = 256 * 1024**2
_LARGEST_PAGE_FORM = 64 * 1024
_CHUNK = 256 * 1024
_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_PENDING_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    """Sent instead of `body`."""
    cut: bool = False
    """Whether the answer breaks off half-way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the handlers of all connections share."""

    studio: Studio
    uploads: Uploads
    page: Page


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "haikei-sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 900
    front: ClassVar[Front]

    def do_GET(self) -> None:
        """Pages and files."""
        self._serve()

    def do_HEAD(self) -> None:
        """As GET, without the body."""
        self._serve()

    def do_POST(self) -> None:
        """api3, uploads' forms and the page's form."""
        self._serve()

    def do_PUT(self) -> None:
        """A file's bytes."""
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: one call says little, and addresses of files are secrets."""

    def _serve(self) -> None:
        latency_s = self.front.studio.faults.latency_s
        if latency_s > 0:
            time.sleep(latency_s)
        try:
            self._send(self._routed())
        except (ConnectionError, TimeoutError, EOFError):
            self.close_connection = True
        except Exception:
            log.exception("request failed", path=self.path)
            self.close_connection = True

    def _routed(self) -> Answer | None:
        host = self.headers.get("Host", "").lower()
        if re.sub(r":\d+$", "", host) not in _HOSTS:
            return self._refused(421, "This studio answers to 127.0.0.1 alone.")
        path = urlsplit(self.path).path
        if self.command == "POST":
            if path == "/api3/json":
                return self._call()
            if path.startswith("/upload/"):
                return self._form(path.removeprefix("/upload/"))
            if path == "/sandbox/faults":
                return self._set_faults()
            return self._page_form(path)
        if self.command == "PUT":
            return self._put(path)
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            return self._refused(400, "A GET has no body.")
        return self._got(path)

    def _refused(self, status: int, words: str) -> Answer:
        """A refusal that leaves the request's body unread, and so ends the connection."""
        self.close_connection = True
        return Answer(status=status, body=f"{words}\n".encode(), headers={"Connection": "close"})

    def _length(self, largest: int) -> int | Answer:
        told = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (told.isascii() and told.isdecimal()):
            return self._refused(411, "Say how long the body is.")
        if len(told) > 15 or int(told) > largest:
            return self._refused(413, "The body is too large.")
        return int(told)

    def _body(self, largest: int) -> bytes | Answer:
        length = self._length(largest)
        if isinstance(length, Answer):
            return length
        body = self.rfile.read(length)
        if len(body) != length:
            raise EOFError("the body broke off")
        return body

    def _call(self) -> Answer | None:
        body = self._body(_LARGEST_CALL)
        if isinstance(body, Answer):
            return body
        try:
            method, params = parse_call(body)
        except ValueError as error:
            return Answer(status=400, body=f"This is no call: {error}\n".encode("utf-8", "replace"))
        failure = self.front.studio.faults.take(method)
        if failure and not failure.after:
            return self._failed(failure)
        told = answer(self.front.studio, method, params)
        if failure:
            return self._failed(failure)
        return Answer(body=json.dumps(told).encode("ascii"), content_type="application/json; charset=utf-8")

    def _failed(self, failure: Failure) -> Answer | None:
        if failure.status == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return None
        return Answer(status=failure.status, body=b"the pretend studio was told to fail\n")

    def _form(self, endpoint: str) -> Answer | None:
        body = self._body(_LARGEST_FORM)
        if isinstance(body, Answer):
            return body
        try:
            form = read_form(self.headers.get("Content-Type", ""), body)
        except (ValueError, UnicodeError) as error:
            return Answer(status=400, body=f"This is no form: {error}\n".encode("utf-8", "replace"))
        failure = self.front.studio.faults.take(endpoint.removeprefix("api_"))
        if failure and not failure.after:
            return self._failed(failure)
        told = self.front.uploads.answer(endpoint, form)
        return self._failed(failure) if failure else Answer(body=told.encode("utf-8", "replace"))

    def _put(self, path: str) -> Answer | None:
        length = self._length(LARGEST_FILE)
        if isinstance(length, Answer):
            return length
        asked = parse_qs(urlsplit(self.path).query)
        part, token = asked.get("part", [""])[0], asked.get("token", [""])[0]
        if not path.startswith("/storage/") or not re.fullmatch(r"[0-9]{1,6}", part) or not token.isascii():
            return self._refused(404, "There is nothing to put here.")
        failure = self.front.studio.faults.take("upload_put")
        if failure and not failure.after:
            if failure.status != "reset":
                self._drain(length)
            return self._failed(failure)
        etag = self.front.uploads.put(path.removeprefix("/storage/"), token, int(part), self.rfile, length)
        if etag is None:
            return self._refused(403, "This address takes no file.")
        return self._failed(failure) if failure else Answer(headers={"ETag": etag})

    def _drain(self, length: int) -> None:
        while length > 0 and (chunk := self.rfile.read(min(length, _CHUNK))):
            length -= len(chunk)

    def _set_faults(self) -> Answer:
        body = self._body(_LARGEST_PAGE_FORM)
        if isinstance(body, Answer):
            return body
        if not check_script(self.front.studio, self.headers.get("X-Script-Key", "")):
            return Answer(status=403, body=b"X-Script-Key is not a script's key\n")
        try:
            wanted = json.loads(body)
            if not isinstance(wanted, dict):
                raise ValueError("not an object")
            self.front.studio.faults.apply(wanted)
        except (ValueError, RecursionError) as error:
            return Answer(status=400, body=f"{error}\n".encode("utf-8", "replace"))
        return Answer(body=b"{}", content_type="application/json")

    def _page_form(self, path: str) -> Answer:
        body = self._body(_LARGEST_PAGE_FORM)
        if isinstance(body, Answer):
            return body
        origin = self.headers.get("Origin")
        if self.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none") or origin not in (None, self._own_origin()):
            return Answer(status=403, body=b"This form was sent from elsewhere.\n")
        try:
            fields = read_form(self.headers.get("Content-Type", ""), body).fields
        except (ValueError, UnicodeError):
            return Answer(status=400, body=b"This is no form.\n")
        status, told = self.front.page.sent(path, fields)
        if status == 303:
            return Answer(status=303, headers={"Location": told})
        return Answer(status=status, body=told.encode("utf-8", "replace"))

    def _own_origin(self) -> str:
        return f"http://{self.headers.get('Host', '').lower()}"

    def _got(self, path: str) -> Answer | None:
        if path == PENDING_PICTURE:
            return Answer(body=_PENDING_PNG, content_type="image/png")
        if match := re.fullmatch(r"/file_serve/attachment/([0-9]{1,12})", path):
            return self._download(path, int(match[1]))
        if match := re.fullmatch(r"/thumbnail/([0-9]{1,12})", path):
            made = thumbnail(self.front.studio, int(match[1])) if self._is_signed(path) else None
            if made is None:
                return Answer(status=403 if not self._is_signed(path) else 404, body=b"There is no such thumbnail.\n")
            return Answer(file=made, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})
        page = self.front.page.shown(unquote(path))
        if page is None:
            return Answer(status=404, body=b"There is no such page.\n")
        policy = (
            "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        return Answer(body=page.encode(), content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy})

    def _is_signed(self, path: str) -> bool:
        asked = parse_qs(urlsplit(self.path).query)
        until, signature = asked.get("until", [""])[0], asked.get("signature", [""])[0]
        if not re.fullmatch(r"[0-9]{1,12}", until) or int(until) < time.time():
            return False
        return self.front.studio.is_signature(path, int(until), signature)

    def _download(self, path: str, number: int) -> Answer | None:
        if "signature=" in self.path and not self._is_signed(path):
            return Answer(status=403, body=b"This address ran out.\n")
        if self.headers.get("Sec-Fetch-Site") == "cross-site":
            return Answer(status=403, body=b"Files are not for other sites.\n")
        failure = self.front.studio.faults.take("download")
        if failure:
            return self._failed(failure)
        file = file_of(self.front.studio, number)
        if file is None:
            return Answer(status=400, body=b"There is no such Attachment.\n")
        row = self.front.studio.store.get(ATTACHMENT, number) or {}
        name = quote(str(row.get("filename") or "file"), safe="", errors="replace")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Security-Policy": "sandbox"}
        cut = self.front.studio.faults.take_truncation()
        return Answer(file=file, content_type=str(row.get("content_type")), headers=headers, cut=cut)

    def _send(self, answer: Answer | None) -> None:
        if answer is None:
            return
        length = answer.file.stat().st_size if answer.file else len(answer.body)
        self.send_response(answer.status)
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(length),
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            if answer.file:
                self._send_file(answer.file, length // 2 if answer.cut else length)
            else:
                self.wfile.write(answer.body)
        self.wfile.flush()
        if answer.cut:
            self.close_connection = True

    def _send_file(self, path: Path, length: int) -> None:
        with path.open("rb") as file:
            while length > 0 and (chunk := file.read(min(length, _CHUNK))):
                self.wfile.write(chunk)
                length -= len(chunk)
