"""Server-sent events that say only that something changed (WHATWG HTML, section 9.2): few, beating, and let go when nobody takes them."""

import asyncio
import threading
import time
from collections.abc import Callable

import structlog
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

log = structlog.get_logger(__name__)

MOST = 256
"""Streams at once."""
BEAT_S = 15.0
"""How often a stream says that it lives."""
LIFE_S = 900.0
"""How long one is kept; browsers open another by themselves, so that none outlives its listener for long."""
SEND_S = 10.0
"""Who does not take what is sent for so long is let go."""


class Streams:
    """Everybody who listens. Opened in event loops, woken from any thread."""

    def __init__(self, revision: Callable[[], int]) -> None:
        """Begin; `revision` gives the number that is told whenever it is another."""
        self._revision = revision
        self._open: set[_Listener] = set()
        self._lock = threading.Lock()
        self.is_closed = False

    def __len__(self) -> int:
        return len(self._open)

    def answer(self, *, after: int = -1) -> Response:
        """A stream for one listener who knows revision `after`, or why there is none."""
        if len(self) >= MOST or self.is_closed:
            return PlainTextResponse("Too many listen: try again later.\n", status_code=503, headers={"Retry-After": "30"})
        return _Stream(self, after)

    def wake(self) -> None:
        """Have every stream look at the revision."""
        with self._lock:
            listeners = list(self._open)
        for listener in listeners:
            listener.wake()

    def close(self) -> None:
        """End every stream."""
        self.is_closed = True
        self.wake()

    async def tell(self, receive: Receive, send: Send, *, after: int = -1) -> None:
        """Speak to one listener until it leaves or is too slow, or it was long enough; it knows revision `after`."""
        listener = _Listener()
        with self._lock:
            self._open.add(listener)
        leaving = asyncio.ensure_future(_left(receive, listener))
        told, until_s = after, time.monotonic() + LIFE_S
        try:
            while not (leaving.done() or self.is_closed) and time.monotonic() < until_s:
                revision = self._revision()
                text = f"event: changed\ndata: {revision}\n\n" if revision != told else ":\n\n"
                await asyncio.wait_for(send({"type": "http.response.body", "body": text.encode(), "more_body": True}), SEND_S)
                told = revision
                await listener.woken()
        except TimeoutError:
            log.info("slow listener let go")
        finally:
            leaving.cancel()
            with self._lock:
                self._open.discard(listener)


class _Listener:
    def __init__(self) -> None:
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()

    def wake(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    async def woken(self) -> None:
        """Wait until it is, or for a beat."""
        try:
            await asyncio.wait_for(self._event.wait(), BEAT_S)
        except TimeoutError:
            return
        self._event.clear()


class _Stream(Response):
    def __init__(self, streams: Streams, after: int) -> None:
        super().__init__(media_type="text/event-stream")
        self._streams, self._after = streams, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._streams.tell(receive, send, after=self._after)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive, listener: _Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.wake()
