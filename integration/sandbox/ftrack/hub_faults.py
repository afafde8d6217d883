"""What an event hub does on its bad days, asked for by tests: lost sockets, late, doubled and lost events, no handshakes."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

Drop = Literal["cut", "close", "goodbye"]
"""How sockets end: the line goes dead; a WebSocket close frame first; socket.io's own goodbye, then the close frame.

After a bare close frame ``ftrack_api`` 3.1 never reconnects by itself, and its ``wait`` does not return: it is deaf for good.
"""

_COUNTS = ("refuse_handshakes", "expire_handshakes", "double_events", "lose_events")
_MOST = 100_000


class HubFaults:
    """Faults to come. May be used by many threads."""

    def __init__(self) -> None:
        self.delay_events_s = 0.0
        """Seconds by which events published from now on come late; acknowledgements and heartbeats do not."""
        self.refuse_handshakes = 0
        """How many of the next handshakes are answered with 503."""
        self.expire_handshakes = 0
        """How many of the next handshakes' ids are dead when they are used."""
        self.double_events = 0
        """How many of the next events that somebody listens to come twice, with the same id."""
        self.lose_events = 0
        """How many of the next events that somebody listens to reach nobody."""
        self.struck = 0
        """How many faults happened, since the hub began."""
        self._drop: Callable[[Drop], int] | None = None
        self._lock = threading.Lock()

    def drop_sockets(self, how: Drop = "cut") -> None:
        """End every open socket now; what is published from here on does not reach them."""
        if self._drop is not None and self._drop(how):
            with self._lock:
                self.struck += 1

    def take_refusal(self) -> bool:
        """Whether this handshake is refused."""
        return self._take("refuse_handshakes")

    def take_expiry(self) -> bool:
        """Whether this handshake's id is dead."""
        return self._take("expire_handshakes")

    def take_copies(self) -> int:
        """How often this event is sent to each who listens: 0, 1 or 2 times."""
        if self._take("lose_events"):
            return 0
        return 2 if self._take("double_events") else 1

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self.delay_events_s = 0.0
            for name in _COUNTS:
                setattr(self, name, 0)

    def apply(self, wanted: Mapping[str, Any]) -> None:
        """Set what a JSON object asks for: ``clear``, ``drop_sockets`` (how) and the plain numbers.

        Raises:
            ValueError: it asks for something else.
        """
        for name, value in wanted.items():
            if name == "clear":
                self.clear()
            elif name == "drop_sockets" and value in get_args(Drop):
                self.drop_sockets(value)
            elif name == "delay_events_s" and type(value) in (int, float) and 0 <= value <= 3600:
                self.delay_events_s = float(value)
            elif name in _COUNTS and type(value) is int and 0 <= value <= _MOST:
                with self._lock:
                    setattr(self, name, value)
            else:
                raise ValueError(f"no such fault: {name} = {value!r:.80}")

    def attach(self, drop: Callable[[Drop], int]) -> None:
        """Let `drop` end the sockets, of which it returns the number; a hub does this once."""
        self._drop = drop

    def _take(self, name: str) -> bool:
        with self._lock:
            left = getattr(self, name)
            struck = bool(left > 0)
            setattr(self, name, left - struck)
            self.struck += struck
            return struck
