"""The files pages are made of: style, script, pictures of our own; each under an address that changes when it does."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_KEPT = "public, max-age=31536000, immutable"
_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    data: bytes
    media_type: str
    sha256: str


class StaticFiles:
    """Every file of the folder, in memory: what is asked for by another name is not there, whatever the name is."""

    def __init__(self, *, path: str) -> None:
        """Read the files; `path` stands before every path of ours in the browser."""
        self._files = dict(_read())
        self._addresses = {name: f"{path}/static/{file.sha256[:_DIGITS]}/{name}" for name, file in self._files.items()}

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each file is found, by its name: ``haikei.css``, ``vendor/htmx.min.js``."""
        return self._addresses

    @property
    def route(self) -> Route:
        """Where they are served."""
        return Route("/static/{digest}/{name:path}", self.answer, methods=["GET"])

    async def answer(self, request: Request) -> Response:
        """One of the files; kept for ever by browsers, because its address holds its digest."""
        file = self._files.get(request.path_params["name"])
        if file is None or request.path_params["digest"] != file.sha256[:_DIGITS]:
            return Response(status_code=404)
        tag = f'"{file.sha256}"'
        headers = {"ETag": tag, "Cache-Control": _KEPT}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(file.data, media_type=file.media_type, headers=headers)


def _read() -> Iterator[tuple[str, _File]]:
    for file in sorted(_FOLDER.rglob("*")):
        if file.suffix in _TYPES and file.is_file():
            data = file.read_bytes()
            told = _File(data=data, media_type=_TYPES[file.suffix], sha256=hashlib.sha256(data).hexdigest())
            yield file.relative_to(_FOLDER).as_posix(), told
