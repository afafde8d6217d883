"""Ends the pause between two looks at the tracker as soon as there is something to see, or nothing more to do."""

import threading
import time

_BURST_S = 0.1
"""A busy tracker that rings all the time is looked at ten times a second at most."""


class Bell:
    """Rung by whoever heard of something; one thread waits for it. What rings while nobody waits ends the next wait at once."""

    def __init__(self, stop: threading.Event) -> None:
        """Watch `stop`, too: when it is set, no wait lasts any longer."""
        self._stop = stop
        self._rung = threading.Event()
        self._ended_s = -_BURST_S
        threading.Thread(target=self._watch, name="bell", daemon=True).start()

    def ring(self) -> None:
        """Say that something happened; returns at once, and may be called by any thread."""
        self._rung.set()

    def wait(self, longest_s: float) -> None:
        """Pause until it rings, `stop` is set or `longest_s` are over; a ring soon after the last pause waits a moment for others."""
        until_s = time.monotonic() + longest_s
        if self._rung.wait(longest_s):
            self._stop.wait(max(0.0, min(self._ended_s + _BURST_S, until_s) - time.monotonic()))
        self._rung.clear()
        self._ended_s = time.monotonic()

    def _watch(self) -> None:
        self._stop.wait()
        self._rung.set()
