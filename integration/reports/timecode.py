"""Frames of an episode as timecode (SMPTE ST 12-1, non-drop)."""

from fractions import Fraction


def timecode(frame: int, fps: Fraction) -> str:
    """``HH:MM:SS:FF`` of a frame counted from 0; for 24000/1001 frames a second it counts 24, as editors do.

    Raises:
        ValueError: `frame` is negative, or `fps` none that a picture has.
    """
    base = round(fps)
    if frame < 0 or not 1 <= base <= 240:
        raise ValueError(f"frame {frame} at {fps} frames a second has no timecode")
    seconds, frames = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frames:02d}"
