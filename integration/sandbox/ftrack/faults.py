"""What a real site does on its bad days, asked for by tests: errors, cut connections, slow uploads, broken files."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from integration.sandbox.ftrack.hub_faults import HubFaults

Outcome = int | Literal["reset"]
"""HTTP status of an answer, or a cut connection."""
CALLS = ("query", "create", "update", "delete", "get_upload_metadata", "encode_media", "put", "download")
"""What may fail: an action of the API, or a transfer of a file."""
_PLAN = {"call", "times", "status", "after"}


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
    """Seconds before every answer of the API."""
    slow_upload_s: float = 0.0
    """Seconds that each upload takes longer."""
    truncate_downloads: int = 0
    """How many of the next downloads break off half-way."""
    hub: HubFaults = field(default_factory=HubFaults)
    """The same for the event hub."""
    _struck: int = field(default=0, repr=False)
    _planned: dict[str, list[Failure]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def fail(self, call: str, *, times: int = 1, status: Outcome = 503, after: bool = False, passed: int = 0) -> None:
        """Let the next `times` calls fail.

        Args:
            call: one of `CALLS`; a batch of the API fails when any of its actions shall.
            times: how many calls.
            status: HTTP status of the answer, or ``"reset"`` to cut the connection.
            after: whether the work is done all the same.
            passed: how many such calls go well before each.

        Raises:
            ValueError: there is no such call, or `status` is no failure.
        """
        if call not in CALLS or (status != "reset" and status not in range(400, 600)):
            raise ValueError(f"{call!r} cannot fail with {status!r}")
        with self._lock:
            self._planned.setdefault(call, []).extend([Failure(status, after, passed)] * times)

    def take(self, calls: set[str]) -> Failure | None:
        """The failure planned for any of `calls`, which is then used up."""
        with self._lock:
            planned = next((self._planned[call] for call in sorted(calls) if self._planned.get(call)), None)
            if not planned:
                return None
            if planned[0].passed:
                planned[0] = replace(planned[0], passed=planned[0].passed - 1)
                return None
            self._struck += 1
            return planned.pop(0)

    def planned(self, call: str) -> int:
        """How many of the next calls shall fail."""
        with self._lock:
            return len(self._planned.get(call, ()))

    @property
    def struck(self) -> int:
        """How many faults happened since the site began, those of its hub among them."""
        return self._struck + self.hub.struck

    def take_truncation(self) -> bool:
        """Whether this download breaks off."""
        with self._lock:
            self.truncate_downloads -= (breaks := self.truncate_downloads > 0)
            self._struck += breaks
            return breaks

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self._planned.clear()
            self.latency_s = self.slow_upload_s = 0.0
            self.truncate_downloads = 0
        self.hub.clear()

    def apply(self, wanted: Mapping[str, Any]) -> None:
        """Set what a JSON object asks for: ``clear``, ``fail`` (a list of `fail`'s arguments), ``hub`` (see `HubFaults.apply`) and the plain numbers.

        Raises:
            ValueError: it asks for something else.
        """
        for name, value in wanted.items():
            if name == "clear":
                self.clear()
            elif name == "hub" and isinstance(value, dict):
                self.hub.apply(value)
            elif name == "fail" and isinstance(value, list) and all(isinstance(plan, dict) and set(plan) <= _PLAN for plan in value):
                for plan in value:
                    self.fail(
                        str(plan.get("call")),
                        times=int(plan.get("times", 1)),
                        status=plan.get("status", 503),
                        after=plan.get("after") is True,
                    )
            elif name in ("latency_s", "slow_upload_s") and isinstance(value, int | float) and 0 <= value <= 3600:
                setattr(self, name, float(value))
            elif name == "truncate_downloads" and isinstance(value, int) and value >= 0:
                self.truncate_downloads = value
            else:
                raise ValueError(f"no such fault: {name} = {value!r}")
