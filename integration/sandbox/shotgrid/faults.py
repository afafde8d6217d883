"""What a real site does on its bad days, asked for by tests: errors, resets, late events, broken files."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Outcome = int | Literal["reset"]
"""HTTP status of an answer, or a cut connection."""

_ALIASES = {"find": "read", "find_one": "read"}
_PLAN = {"method", "times", "status", "after"}


@dataclass(frozen=True, slots=True)
class Failure:
    """One call that shall fail."""

    status: Outcome
    """How."""
    after: bool
    """Whether the work is done before the answer is lost."""
    passed: int = 0
    """How many such calls go well before it."""


@dataclass
class Faults:
    """Faults to come. May be used by many threads."""

    latency_s: float = 0.0
    """Seconds before every answer."""
    hold_events_s: float = 0.0
    """Seconds for which event rows written from now on stay invisible: others, with higher ids, may be seen before them."""
    truncate_downloads: int = 0
    """How many of the next downloads break off half-way."""
    null_meta: int = 0
    """How many of the next event rows are written without their meta."""
    struck: int = 0
    """How many faults happened since the site began."""
    _planned: dict[str, list[Failure]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fail(self, method: str, *, times: int = 1, status: Outcome = 502, after: bool = False, passed: int = 0) -> None:
        """Let the next `times` calls of an api3 method, or of ``upload_put``, ``link_file`` or ``download``, fail.

        Args:
            method: name on the wire, such as ``create``.
            times: how many calls.
            status: HTTP status of the answer, or ``"reset"`` to cut the connection.
            after: whether the work is done all the same.
            passed: how many such calls go well before each.

        Raises:
            ValueError: `status` is no failure.
        """
        if status != "reset" and status not in range(400, 600):
            raise ValueError(f"HTTP {status!r} is no failure")
        with self._lock:
            self._planned.setdefault(_ALIASES.get(method, method), []).extend([Failure(status, after, passed)] * times)

    def take(self, method: str) -> Failure | None:
        """The failure planned for this call of `method`, which is then used up."""
        with self._lock:
            planned = self._planned.get(method)
            if not planned:
                return None
            if planned[0].passed:
                planned[0] = replace(planned[0], passed=planned[0].passed - 1)
                return None
            self.struck += 1
            return planned.pop(0)

    def planned(self, method: str) -> int:
        """How many of the next calls of an api3 method, as it stands on the wire, shall fail."""
        with self._lock:
            return len(self._planned.get(_ALIASES.get(method, method), ()))

    def take_truncation(self) -> bool:
        """Whether this download breaks off."""
        with self._lock:
            self.truncate_downloads -= (breaks := self.truncate_downloads > 0)
            self.struck += breaks
            return breaks

    def take_null_meta(self) -> bool:
        """Whether this event row loses its meta."""
        with self._lock:
            self.null_meta -= (lost := self.null_meta > 0)
            self.struck += lost
            return lost

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self._planned.clear()
            self.latency_s = self.hold_events_s = 0.0
            self.truncate_downloads = self.null_meta = 0

    def apply(self, wanted: Mapping[str, Any]) -> None:
        """Set what a JSON object asks for: ``clear``, ``fail`` (a list of `fail`'s arguments) and the plain numbers.

        Raises:
            ValueError: it asks for something else.
        """
        for name, value in wanted.items():
            if name == "clear":
                self.clear()
            elif name == "fail" and isinstance(value, list):
                for plan in value:
                    self._fail_as_told(plan)
            elif name in ("latency_s", "hold_events_s") and isinstance(value, int | float) and 0 <= value <= 3600:
                setattr(self, name, float(value))
            elif name in ("truncate_downloads", "null_meta") and isinstance(value, int) and value >= 0:
                setattr(self, name, value)
            else:
                raise ValueError(f"no such fault: {name} = {value!r}")

    def _fail_as_told(self, plan: Any) -> None:
        if not isinstance(plan, dict) or not isinstance(plan.get("method"), str) or set(plan) - _PLAN:
            raise ValueError(f"no such failure: {plan!r}")
        times = plan.get("times", 1)
        if not isinstance(times, int) or not 0 <= times <= 100_000:
            raise ValueError(f"no such failure: {plan!r}")
        self.fail(plan["method"], times=times, status=plan.get("status", 502), after=plan.get("after") is True)
