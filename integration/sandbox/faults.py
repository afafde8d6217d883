"""Knobs that make the pretend studio as unpleasant as a real one can be."""

import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any, Literal

Moment = Literal["before", "after"]
RESET = 0
"""Instead of an HTTP status: the connection is cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed answer that waits for its call."""

    status: int
    """HTTP status, or `RESET`."""
    when: Moment
    """Whether the work is left undone or was done."""
    retry_after_s: int | None = None
    """What the answer's Retry-After says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFault:
    """What happens to one event as it is written."""

    visible_at: float = 0
    """Seconds since 1970 before which reads do not see it."""
    skipped_ids: int = 0
    """Ids lost before it."""
    without_meta: bool = False
    """Whether meta and user are null."""


@dataclass(slots=True)
class Faults:
    """What goes wrong next; every method may be called from any thread.

    A method is named as on the wire (`read`, `create`), a form by the last part of its path (`api_link_file`), the rest are
    `put`, `download`, `thumbnail` and `page`; `*` is every one of them.
    """

    latency_s: float = 0.0
    """Seconds every answer waits."""
    transcode_s: float = 1.0
    """Seconds a new thumbnail stays transient."""
    url_life_s: float = 3600.0
    """Seconds a signed address can be used."""
    upload_bytes_per_s: float = 0.0
    """How fast uploads are taken in; 0 is as fast as they come."""
    expire_sessions: bool = False
    """Whether every session token is refused."""
    calls: Counter[str] = field(default_factory=Counter)
    """How often each method was called."""
    _failures: dict[str, deque[Failure]] = field(default_factory=dict)
    _hidden: list[float] = field(default_factory=list)
    _left: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fail(self, method: str, *, status: int = 502, times: int = 1, when: Moment = "before", retry_after_s: int | None = None) -> None:
        """Answer the next `times` calls of `method` with `status`, or `RESET`, before or after doing their work."""
        failure = Failure(status=int(status), when="after" if when == "after" else "before", retry_after_s=retry_after_s)
        with self._lock:
            self._failures.setdefault(method, deque()).extend([failure] * int(times))

    def hide_events(self, count: int, seconds: float) -> None:
        """Let the next `count` events become visible only after `seconds`: a late commit, and until then a gap in the ids."""
        with self._lock:
            self._hidden.extend([float(seconds)] * int(count))

    def skip_event_ids(self, count: int) -> None:
        """Lose `count` ids before the next event, for ever."""
        self._add("skipped_ids", count)

    def drop_meta(self, count: int) -> None:
        """Write the next `count` events without meta and user, as the server's own are."""
        self._add("without_meta", count)

    def double_events(self, reads: int) -> None:
        """Let the next `reads` reads of the event log list every event twice."""
        self._add("doubled", reads)

    def break_uploads(self, count: int) -> None:
        """Cut the connection in the middle of the next `count` PUTs."""
        self._add("broken_uploads", count)

    def truncate_downloads(self, count: int) -> None:
        """Send half of the next `count` downloads."""
        self._add("truncated", count)

    def clear(self) -> None:
        """Forget everything that still waits, and the counts."""
        with self._lock:
            self._failures.clear()
            self._hidden.clear()
            self._left.clear()
            self.calls.clear()
            self.latency_s, self.upload_bytes_per_s, self.expire_sessions = 0.0, 0.0, False

    def called(self, method: str) -> Failure | None:
        """Count a call, and tell how it fails, if it does."""
        with self._lock:
            self.calls[method] += 1
            for name in (method, "*"):
                if waiting := self._failures.get(name):
                    return waiting.popleft()
        return None

    def event(self, now: float) -> EventFault:
        """What happens to the event that is being written."""
        with self._lock:
            late = now + self._hidden.pop(0) if self._hidden else 0
            skipped, self._left["skipped_ids"] = self._left["skipped_ids"], 0
            return EventFault(visible_at=late, skipped_ids=skipped, without_meta=self._use("without_meta"))

    def use(self, name: Literal["doubled", "broken_uploads", "truncated"]) -> bool:
        """Whether this one is hit; counts it down."""
        with self._lock:
            return self._use(name)

    def turn(self, knobs: dict[str, Any]) -> None:
        """Turn knobs by name, as `POST /sandbox/faults` does: a number sets a field, an object of arguments calls a method.

        Raises:
            ValueError: there is no such knob, or it cannot be turned so.
        """
        for name, value in knobs.items():
            if name in _FIELDS and isinstance(value, int | float):
                setattr(self, name, bool(value) if name == "expire_sessions" else float(value))
            elif name in _METHODS and isinstance(value, dict):
                try:
                    getattr(self, name)(**value)
                except TypeError as error:
                    raise ValueError(f"knob {name!r} cannot be turned so: {error}") from error
            else:
                raise ValueError(f"no knob {name!r} takes {value!r}")

    def _add(self, name: str, count: int) -> None:
        with self._lock:
            self._left[name] += int(count)

    def _use(self, name: str) -> bool:
        if self._left[name] <= 0:
            return False
        self._left[name] -= 1
        return True


_FIELDS = frozenset({"latency_s", "transcode_s", "url_life_s", "upload_bytes_per_s", "expire_sessions"})
_METHODS = frozenset({
    "fail", "hide_events", "skip_event_ids", "drop_meta", "double_events", "break_uploads", "truncate_downloads", "clear",
})  # fmt: skip
