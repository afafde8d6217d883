"""The server's addresses: the API, files up and down, thumbnails, faults for tests."""

import base64
import hashlib
import io
import json
import time
from pathlib import Path
from typing import Any

import structlog
from PIL import Image
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from integration.sandbox.ftrack.api import Api
from integration.sandbox.ftrack.faults import Failure
from integration.sandbox.ftrack.identity import Actor
from integration.sandbox.ftrack.refusal import RefusedError
from integration.sandbox.ftrack.studio import Studio

log = structlog.get_logger(__name__)

LARGEST_CALL = 20_000_000
"""Bytes of one call of the API."""
LARGEST_FILE = 1_000_000_000
"""Bytes of one upload."""
_THUMBNAIL_PX = 4096


class CutResponse(Response):
    """No answer: the connection is cut."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise an answer and leave."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000000")]})


class Front:
    """Takes requests and gives answers."""

    def __init__(self, studio: Studio, api: Api) -> None:
        """Serve `studio`."""
        self._studio = studio
        self._api = api

    def routes(self) -> list[BaseRoute]:
        """Every address."""
        return [
            Route("/api", self.call, methods=["POST"]),
            Route("/upload/{component}", self.put, methods=["PUT"]),
            Route("/component/get", self.get),
            Route("/component/thumbnail", self.thumbnail),
            Route("/component/remove", self.remove),
            Route("/widget", lambda request: PlainTextResponse("This is where ftrack's own page would be.")),
            Route("/sandbox/faults", self.set_faults, methods=["POST"]),
        ]

    async def call(self, request: Request) -> Response:
        """A call of the API."""
        strict = request.headers.get("ftrack-strict-api") == "true"
        try:
            batch = json.loads(await _body(request, LARGEST_CALL))
        except ClientDisconnect:
            return Response(status_code=400)
        except RefusedError as refused:
            return _refused(refused, strict)
        except (ValueError, RecursionError):
            return _refused(RefusedError("MalformedRequestError", "The body is no JSON"), strict)
        return await run_in_threadpool(self._call, batch, request, strict)

    def _call(self, batch: Any, request: Request, strict: bool) -> Response:
        studio = self._studio
        time.sleep(studio.faults.latency_s)
        actions = {str(one.get("action")) for one in batch if isinstance(one, dict)} if isinstance(batch, list) else set()
        failure = studio.faults.take(actions)
        if failure and not failure.after:
            return _failed(failure)
        try:
            actor = self._actor(request.headers.get("ftrack-user", ""), request.headers.get("ftrack-api-key", ""))
            answers = self._api.call(batch, actor, client_token=request.headers.get("ftrack-clienttoken", ""))
        except RefusedError as refused:
            return _refused(refused, strict)
        except RecursionError:
            return _refused(RefusedError("MalformedRequestError", "The call is nested too deep"), strict)
        return _failed(failure) if failure else JSONResponse(answers)

    async def put(self, request: Request) -> Response:
        """A component's file, or a part of it."""
        component, query = request.path_params["component"], request.query_params
        try:
            part, until = int(query.get("part", "0")), int(query.get("until", "0"))
        except ValueError:
            return PlainTextResponse("no such address", 403)
        if not self._studio.may_upload(component, part, until, query.get("signature", "")):
            return PlainTextResponse("no such address, or it is too old", 403)
        failure = self._studio.faults.take({"put"})
        if failure and not failure.after:
            return _failed(failure)
        whole = self._studio.file_of(component)
        path = whole.with_name(f"{whole.name}.{part}") if part else whole
        try:
            digest = await _store(request, path, pause_s=self._studio.faults.slow_upload_s)
        except RefusedError as refused:
            return PlainTextResponse(refused.content, refused.status)
        except ClientDisconnect:
            return Response(status_code=400)
        return _failed(failure) if failure else Response(headers={"ETag": f'"{digest}"'})

    def get(self, request: Request) -> Response:
        """A component's file."""
        found = self._file(request)
        if isinstance(found, Response):
            return found
        failure = self._studio.faults.take({"download"})
        if failure:
            return _failed(failure)
        component = self._studio.rows.get("Component", request.query_params["id"])
        values = component["values"] if component else {}
        name = f"{values.get('name') or 'file'}{values.get('file_type') or ''}"
        if self._studio.faults.take_truncation():
            data = found.read_bytes()
            return _Truncated(data)
        return FileResponse(found, filename=name, media_type="application/octet-stream")

    def thumbnail(self, request: Request) -> Response:
        """A component's picture, no larger than asked for."""
        found = self._file(request)
        if isinstance(found, Response):
            return found
        size = request.query_params.get("size", "300")
        side = min(int(size), _THUMBNAIL_PX) if size.isdecimal() and len(size) < 6 else 300
        try:
            with Image.open(found) as picture:
                small = picture.convert("RGB")
        except (OSError, ValueError, Image.DecompressionBombError):
            return PlainTextResponse("no picture", 404)
        small.thumbnail((max(side, 1), max(side, 1)))
        held = io.BytesIO()
        small.save(held, "JPEG", quality=85)
        return Response(held.getvalue(), media_type="image/jpeg")

    def remove(self, request: Request) -> Response:
        """Take a component's file away."""
        found = self._file(request, writing=True)
        if isinstance(found, Response):
            return found
        found.unlink()
        return PlainTextResponse("removed")

    async def set_faults(self, request: Request) -> Response:
        """What shall go wrong from now on; for those who hold a key that manages settings."""
        try:
            wanted = json.loads(await _body(request, 100_000))
            actor = self._actor(request.headers.get("ftrack-user", ""), request.headers.get("ftrack-api-key", ""))
            if not actor.may_manage or not isinstance(wanted, dict):
                return PlainTextResponse("not for you", 403)
            self._studio.faults.apply(wanted)
        except (ValueError, RefusedError) as error:
            return PlainTextResponse(str(error), 400)
        return JSONResponse({})

    def _file(self, request: Request, *, writing: bool = False) -> Path | Response:
        """The file a request names, or why it is not given."""
        query = request.query_params
        try:
            actor = self._actor(query.get("username", ""), query.get("apiKey", ""))
        except RefusedError as refused:
            return PlainTextResponse(refused.content, 401)
        if writing and not actor.may_write:
            return PlainTextResponse("not for you", 403)
        path = self._studio.file_of(query.get("id", ""))
        return path if path.is_file() else PlainTextResponse("there is no such file", 404)

    def _actor(self, username: str, key: str) -> Actor:
        with self._studio.store.lock:
            return self._studio.identity.actor(username, key)


class _Truncated(Response):
    """An answer that breaks off half-way."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send half of what was promised."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(self.body)).encode())]})
        await send({"type": "http.response.body", "body": bytes(self.body)[: len(self.body) // 2], "more_body": True})


async def _body(request: Request, limit: int) -> bytes:
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > limit:
            raise RefusedError("RequestTooLargeError", f"A call may have {limit} bytes", status=413)
    return bytes(held)


async def _store(request: Request, path: Path, *, pause_s: float) -> str:
    """Write the body to `path`, whole or not at all; its MD5 in hexadecimal digits."""
    digest, size, passing = hashlib.md5(usedforsecurity=False), 0, path.with_name(f"{path.name}.{time.monotonic_ns()}.passing")
    try:
        with passing.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > LARGEST_FILE:
                    raise RefusedError("RequestTooLargeError", "the file is too large", status=413)
                digest.update(chunk)
                file.write(chunk)
        await run_in_threadpool(time.sleep, pause_s)
        wanted = request.headers.get("content-md5")
        if wanted and wanted != base64.b64encode(digest.digest()).decode():
            raise RefusedError("ValidationError", "the file is not what its checksum says")
        passing.replace(path)
    finally:
        passing.unlink(missing_ok=True)
    return digest.hexdigest()


def _refused(refused: RefusedError, strict: bool) -> Response:
    return JSONResponse(refused.answer(), status_code=refused.status if strict else 200)


def _failed(failure: Failure) -> Response:
    if failure.status == "reset":
        return CutResponse()
    return PlainTextResponse(f"<html>{failure.status}</html>", failure.status)
