"""The event hub of the pretend studio: a socket.io 0.9 server that passes each event to those who subscribed to it.

A client asks ``GET /socket.io/1/`` for an id that opens one WebSocket, ``/socket.io/1/websocket/{id}``. Subscriptions are events
themselves (``ftrack.meta.subscribe``), and so are answers (``ftrack.meta.reply``, with ``target`` ``id=<who asked>``).
"""

import asyncio
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from integration.sandbox.ftrack.expression import ExpressionError, parse_expression
from integration.sandbox.ftrack.hub_connection import Connection
from integration.sandbox.ftrack.hub_faults import Drop, HubFaults
from integration.sandbox.ftrack.hub_frames import (
    GREETING,
    MAX_FRAME,
    Frame,
    FrameError,
    FrameKind,
    acknowledgement,
    event_frame,
    read_event,
    read_frame,
    sealed,
)

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 500
"""Clients at a time."""

_MOST_HANDSHAKES = 1000
_CLOSING_S = 3.0

Authenticate = Callable[[str, str], Mapping[str, str] | None]
"""Who an API user and key are, ``username`` and ``id``; None when they are nobody."""


class Hub:
    """The event hub. `publish`, `audience` and `close` may be called by any thread."""

    def __init__(self, *, authenticate: Authenticate, faults: HubFaults, heartbeat_s: float = 60.0, handshake_s: float = 30.0) -> None:
        """A hub without clients.

        Args:
            authenticate: who a user name and key are; called by a worker thread.
            faults: what shall go wrong.
            heartbeat_s: seconds of silence after which a client is taken for dead.
            handshake_s: seconds for which a handshake's id may be used.
        """
        self._authenticate, self._faults = authenticate, faults
        self._heartbeat_s, self._handshake_s = heartbeat_s, handshake_s
        self._id = uuid.uuid4().hex
        self._handshakes: dict[str, tuple[float, Mapping[str, str]]] = {}
        self._connections: dict[Connection, None] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._serving = 0
        self._idle = threading.Condition(self._lock)
        faults.attach(self._drop_sockets)

    def routes(self) -> list[BaseRoute]:
        """Where clients knock."""
        return [
            Route("/socket.io/1/", self._shake_hands, methods=["GET"]),
            WebSocketRoute("/socket.io/1/websocket/{sid}", self._serve),
        ]

    def publish(self, event: Mapping[str, Any]) -> None:
        """Pass an event of the studio's own to those who subscribed to it, once to each; in the order of the calls.

        An event that is too large for the wire is logged and reaches nobody.
        """
        try:
            filled = sealed(event)
            filled["source"] = {"id": self._id, **filled["source"]}
            self._route(filled)
        except (FrameError, ExpressionError) as error:
            log.warning("event not published", topic=str(event.get("topic")), error=str(error))

    def audience(self, event: Mapping[str, Any]) -> int:
        """How many clients would get `event` now.

        Raises:
            FrameError: it is no event.
            ExpressionError: its target cannot be read.
        """
        filled = sealed(event)
        target = parse_expression(filled["target"]) if filled["target"] else None
        with self._lock:
            return sum(connection.wants(filled, target) for connection in self._connections)

    def close(self) -> None:
        """Cut every socket, take no more, and wait a moment until all have ended."""
        with self._lock:
            self._closed = True
        self._drop_sockets("cut")
        with self._idle:
            if not _in_event_loop() and not self._idle.wait_for(lambda: self._serving == 0, _CLOSING_S):
                log.warning("sockets did not end in time", sockets=self._serving)

    def _drop_sockets(self, how: Drop) -> int:
        with self._lock:
            dropped = list(self._connections)
            self._connections.clear()
        for connection in dropped:
            connection.end(how)
        return len(dropped)

    async def _shake_hands(self, request: Request) -> Response:
        user = request.headers.get("ftrack-user") or request.query_params.get("api_user", "")
        key = request.headers.get("ftrack-api-key") or request.query_params.get("api_key", "")
        if self._closed or self._faults.take_refusal():
            return PlainTextResponse("service unavailable", 503)
        known = await run_in_threadpool(self._authenticate, user, key)
        if known is None:
            return PlainTextResponse("handshake unauthorized", 403)
        sid, expires = secrets.token_hex(20), time.monotonic() + self._handshake_s
        with self._lock:
            while len(self._handshakes) >= _MOST_HANDSHAKES:
                del self._handshakes[next(iter(self._handshakes))]
            self._handshakes[sid] = (expires, known)
        return PlainTextResponse(f"{sid}:{self._heartbeat_s:g}:{self._heartbeat_s:g}:websocket")

    async def _serve(self, websocket: WebSocket) -> None:
        user = self._redeem(websocket.path_params["sid"])
        if user is None:
            await websocket.close()  # before it is accepted: HTTP 403
            return
        await websocket.accept()
        connection = Connection(user)
        if not self._welcome(connection):
            return
        connection.offer(GREETING)
        works = [
            asyncio.create_task(work)
            for work in (
                self._listen(websocket, connection),
                connection.send_waiting(websocket),
                connection.keep_alive(self._heartbeat_s),
                connection.wait_for_end(),
            )
        ]
        try:
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            await _finish(works)
            await connection.part(websocket)
            with self._idle:
                self._serving -= 1
                self._idle.notify_all()

    def _redeem(self, sid: str) -> Mapping[str, str] | None:
        with self._lock:
            expires, user = self._handshakes.pop(sid, (0.0, None))
        if user is None or expires < time.monotonic() or self._faults.take_expiry():
            return None
        return user

    def _welcome(self, connection: Connection) -> bool:
        with self._lock:
            if self._closed or self._serving >= MOST_CONNECTIONS:
                log.warning("client turned away", closed=self._closed, sockets=self._serving)
                return False
            self._connections[connection] = None
            self._serving += 1
            return True

    async def _listen(self, websocket: WebSocket, connection: Connection) -> None:
        while (message := await websocket.receive())["type"] != "websocket.disconnect":
            connection.heard()
            text = message.get("text") or ""
            try:
                frame = read_frame(text)
            except FrameError as error:
                log.warning("frame ignored", error=str(error), username=connection.user.get("username"))
                continue
            if frame.kind is FrameKind.DISCONNECT:
                return
            if frame.kind is FrameKind.EVENT:
                self._take(frame, connection)

    def _take(self, frame: Frame, connection: Connection) -> None:
        refusal = None
        try:
            if len(frame.data) > MAX_FRAME:
                raise FrameError(f"an event of {len(frame.data)} characters, and {MAX_FRAME} is the most")
            event = read_event(frame.data)
            event["source"] = {"id": self._id, **event["source"], "user": connection.user}
            self._obey(event, connection)
        except (FrameError, ExpressionError) as error:
            refusal = str(error)
            log.warning("event refused", error=refusal, username=connection.user.get("username"))
        if frame.id:
            connection.offer(acknowledgement(frame.id, refusal=refusal))

    def _obey(self, event: Mapping[str, Any], connection: Connection) -> None:
        match event:
            case {"topic": "ftrack.meta.subscribe", "data": {"subscriber": subscriber, "subscription": subscription}}:
                connection.subscribe(subscriber, subscription)
            case {"topic": "ftrack.meta.unsubscribe", "data": {"subscriber": subscriber}}:
                connection.unsubscribe(subscriber)
            case {"topic": "ftrack.meta.reply"}:
                self._route(event)
            case {"topic": str(topic)} if topic.startswith("ftrack.meta."):
                # ``ftrack_api`` stops listening at ``ftrack.meta.disconnected``, whoever sent it.
                raise FrameError(f"{topic!r:.80} is nothing that a client may say")
            case _:
                self._route(event)

    def _route(self, event: Mapping[str, Any]) -> None:
        frame = event_frame(event)
        target = parse_expression(event["target"]) if event["target"] else None
        with self._lock:
            due = time.monotonic() + self._faults.delay_events_s
            listeners = [connection for connection in self._connections if connection.wants(event, target)]
            copies = self._faults.take_copies() if listeners else 0
            for connection in listeners * copies:
                connection.offer(frame, due=due)


async def _finish(works: list[asyncio.Task[None]]) -> None:
    """Stop what still runs, and say what went wrong other than a client that left."""
    for work in works:
        work.cancel()
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            log.error("socket failed", exc_info=outcome)


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
