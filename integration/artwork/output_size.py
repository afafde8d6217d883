"""How large a registered genzu's pictures become: a standard frame's size, or more for a pan."""

import numpy as np

from integration.artwork.frame import Frame
from integration.errors import ArtworkError

_SAME_SHAPE = 0.06
"""Frames whose proportion differs less than this from the asked one are fitted to it."""
_LARGEST_PAN = 4
"""A pan is at most so many standard frames large."""
_STEP_PX = 8


def output_size(frame: Frame, width_px: int, height_px: int, notes: list[str]) -> tuple[int, int]:
    """Width and height of the pictures of `frame`, in steps of 8 px where they are not those of a standard frame.

    Args:
        frame: the frame on the sheet.
        width_px: width of a standard frame's picture.
        height_px: its height.
        notes: an unusual size is added.

    Raises:
        ArtworkError: the frame is larger than can be drafted.
    """
    stretch = (frame.width_px / frame.height_px) / (width_px / height_px)
    if abs(np.log(stretch)) < _SAME_SHAPE:
        stretch = 1.0
    long, both = max(stretch, 1 / stretch), frame.standards_high
    if long > _LARGEST_PAN:
        raise _too_large(f"{long:.1f} times as long as a standard one")
    if long * both**2 > _LARGEST_PAN:
        raise _too_large(f"{long * both**2:.1f} times as large as a standard one")
    if long == both == 1:
        return width_px, height_px
    size = (_stepped(width_px * max(stretch, 1) * both), _stepped(height_px * max(1 / stretch, 1) * both))
    size = (width_px if size[0] == _stepped(width_px) else size[0], height_px if size[1] == _stepped(height_px) else size[1])
    kind = "a pan in both directions" if both > 1 else "a pan" if long > 1.2 else "an unusual frame"
    notes.append(f"{kind}: {size[0]} × {size[1]} pixels keep its proportion")
    return size


def _too_large(how: str) -> ArtworkError:
    return ArtworkError(
        f"the frame is {how}; at most {_LARGEST_PAN} times can be drafted",
        hint="Split the pan into parts, or give this cut to an artist without a draft.",
    )


def _stepped(length_px: float) -> int:
    return max(round(length_px / _STEP_PX), 1) * _STEP_PX
