"""How often one address may ask: a count for each minute, forgotten with it."""

import time

_MINUTE_S = 60.0
_MOST_ADDRESSES = 4096


class Pace:
    """Counts requests. For one thread."""

    def __init__(self, *, per_minute: int) -> None:
        """Begin to count; `per_minute` requests of one address are let through."""
        self._per_minute = per_minute
        self._began_s = 0.0
        self._counts: dict[str, int] = {}

    def allows(self, address: str, *, now_s: float | None = None) -> bool:
        """Whether one more request from `address` is let through; `now_s` is a clock that only goes forward."""
        now_s = time.monotonic() if now_s is None else now_s
        if now_s - self._began_s >= _MINUTE_S or len(self._counts) > _MOST_ADDRESSES:
            self._began_s, self._counts = now_s, {}
        self._counts[address] = self._counts.get(address, 0) + 1
        return self._counts[address] <= self._per_minute
