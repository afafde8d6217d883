"""One client of the event hub: what it subscribed to, and what waits to be sent to it."""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.websockets import WebSocket

from integration.sandbox.ftrack.expression import Expression, parse_expression
from integration.sandbox.ftrack.hub_faults import Drop
from integration.sandbox.ftrack.hub_frames import GOODBYE, HEARTBEAT, FrameError

log = structlog.get_logger(__name__)

MOST_SUBSCRIPTIONS = 500
"""Subscriptions of one client at most."""
MOST_WAITING = 2000
"""Frames that may wait for one client."""
MOST_WAITING_CHARACTERS = 16 * 1024 * 1024
"""Characters in all of them."""

_LARGEST_SUBSCRIBER = 8192
_HEARTBEATS_BEFORE_SILENCE = 6
_PARTING_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subscription:
    subscriber: Mapping[str, Any]
    wants: Expression


class Connection:
    """One client's socket. `offer`, `end` and the subscriptions may be used by any thread; the rest is the event loop's."""

    def __init__(self, user: Mapping[str, str]) -> None:
        self.user = dict(user)
        """Who the client is, as its API key told: ``username`` and ``id``."""
        self._subscriptions: dict[str, _Subscription] = {}
        self._prompt: deque[str] = deque()
        self._late: deque[tuple[float, str]] = deque()
        self._waiting = 0
        self._lock = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()
        self._how: Drop | None = None
        self._heard = time.monotonic()

    def subscribe(self, subscriber: Any, subscription: Any) -> None:
        """Take a subscription.

        Raises:
            FrameError: it is none, is here already, or is one too many.
            ExpressionError: its expression cannot be read.
        """
        name = _subscriber_id(subscriber)
        if not isinstance(subscription, str) or len(json.dumps(subscriber)) > _LARGEST_SUBSCRIBER:
            raise FrameError("a subscription needs an expression, and a subscriber of few words")
        with self._lock:
            if name in self._subscriptions:
                raise FrameError(f"subscriber {name!r:.80} is here already")
            if len(self._subscriptions) >= MOST_SUBSCRIPTIONS:
                raise FrameError(f"{MOST_SUBSCRIPTIONS} subscriptions are the most")
            self._subscriptions[name] = _Subscription(subscriber=subscriber, wants=parse_expression(subscription))

    def unsubscribe(self, subscriber: Any) -> None:
        """Forget a subscription.

        Raises:
            FrameError: there is none of this subscriber.
        """
        name = _subscriber_id(subscriber)
        with self._lock:
            if self._subscriptions.pop(name, None) is None:
                raise FrameError(f"there is no subscriber {name!r:.80}")

    def wants(self, event: Mapping[str, Any], target: Expression | None) -> bool:
        """Whether one of its subscribers is meant by `target` and subscribed to `event`."""
        with self._lock:
            subscriptions = list(self._subscriptions.values())
        return any((target is None or target(each.subscriber)) and each.wants(event) for each in subscriptions)

    def offer(self, frame: str, *, due: float | None = None) -> None:
        """Let `frame` be sent, at `due` on the monotonic clock; None for at once and before any event. A slow reader is cut off."""
        with self._lock:
            if self._how is not None:
                return
            self._waiting += len(frame)
            if due is None:
                self._prompt.append(frame)
            else:
                self._late.append((due, frame))
            slow = self._waiting > MOST_WAITING_CHARACTERS or len(self._prompt) + len(self._late) > MOST_WAITING
        if slow:
            log.warning("client cut off", reason="it reads too slowly", username=self.user.get("username"))
            self.end("cut")
        self._signal(self._woken)

    def end(self, how: Drop) -> None:
        """Let the socket end; the first word about how counts, and what waited is forgotten."""
        with self._lock:
            self._how = self._how or how
            self._prompt.clear()
            self._late.clear()
            self._waiting = 0
        self._signal(self._ended)

    def heard(self) -> None:
        """Note that the client is alive."""
        self._heard = time.monotonic()

    async def send_waiting(self, websocket: WebSocket) -> None:
        """Send what is due, for as long as the socket lives."""
        while True:
            self._woken.clear()
            while (frame := self._next()) is not None:
                await websocket.send_text(frame)
            with self._lock:
                wait = self._late[0][0] - time.monotonic() if self._late else None
            try:
                async with asyncio.timeout(wait):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def keep_alive(self, heartbeat_s: float) -> None:
        """Send heartbeats, six in `heartbeat_s` seconds, and end when nothing was heard for so long."""
        while time.monotonic() - self._heard <= heartbeat_s:
            await asyncio.sleep(heartbeat_s / _HEARTBEATS_BEFORE_SILENCE)
            self.offer(HEARTBEAT)
        log.info("client cut off", reason="it is silent", username=self.user.get("username"))

    async def wait_for_end(self) -> None:
        """Return once `end` was called."""
        await self._ended.wait()

    async def part(self, websocket: WebSocket) -> None:
        """Say what is said at the end, within a second; the socket is closed by whoever served it."""
        if self._how not in ("close", "goodbye"):
            return
        try:
            async with asyncio.timeout(_PARTING_S):
                if self._how == "goodbye":
                    await websocket.send_text(GOODBYE)
                await websocket.close(1001)
        except (TimeoutError, RuntimeError, OSError):
            log.debug("client was gone before the goodbye")

    def _next(self) -> str | None:
        with self._lock:
            if self._prompt:
                frame = self._prompt.popleft()
            elif self._late and self._late[0][0] <= time.monotonic():
                frame = self._late.popleft()[1]
            else:
                return None
            self._waiting -= len(frame)
            return frame

    def _signal(self, event: asyncio.Event) -> None:
        try:
            self._loop.call_soon_threadsafe(event.set)
        except RuntimeError:
            log.debug("client's loop had stopped")


def _subscriber_id(subscriber: Any) -> str:
    match subscriber:
        case {"id": str(name)}:
            return name
    raise FrameError(f"a subscriber without an id: {subscriber!r:.80}")
