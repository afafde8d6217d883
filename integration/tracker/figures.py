"""Figures that people typed into a tracker, as far as they can be meant."""

from typing import Any

LONGEST_ESTIMATE_MINUTES = 366 * 24 * 60
"""Nobody plans a year of work on one task; more is a slip of the hand."""
LAST_FRAME = 24 * 3600 * 120
"""As many frames as a day has at 120 a second; more is no frame of a show."""


def whole(value: Any) -> int | None:
    """A number that is whole and no frame or place beyond `LAST_FRAME`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or not 0 <= value <= LAST_FRAME:
        return None
    return int(value) if value == int(value) else None


def frame_range(first: Any, last: Any) -> tuple[int | None, int | None]:
    """Numbers of the first and the last frame, or None for both where they are no range; both 0, as a field nobody filled in, are none."""
    begins, ends = whole(first), whole(last)
    if begins is None or ends is None or ends < begins or ends == 0:
        return None, None
    return begins, ends


def estimate(minutes: Any) -> int | None:
    """Minutes of an estimate, at least one; None where there is none, as 0 is none."""
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= LONGEST_ESTIMATE_MINUTES:
        return None
    return max(1, round(minutes))
