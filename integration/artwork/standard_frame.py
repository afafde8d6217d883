"""Tells the standard (100 %) frame from the safety frame (90 %) printed in it and the scanning frame (110 %) about it.

Measures are those the Association of Japanese Animations recommends: A4 landscape, standard frame 10 × 5.625 in.
"""

from itertools import combinations

import numpy as np

from integration.artwork.rectangles import STANDARD_SHAPE, Points, Rectangle, distance

FRAME_IN = (10.0, 5.625)
"""Width and height of the standard frame in inches."""
PAPER_MM = (297.0, 210.0)
"""Width and height of the paper."""
_MARGIN_SHARE = (0.036, 0.068)
"""From one frame to the next, of a standard frame's extent: 5 % by the standard, and as far as people print it."""
_AS_MEASURED = 0.03
_DASHED, _SOLID = 0.85, 0.93
_PAPER_SHAPE = (1.36, 1.47)
_SHARED_SIDE = 0.015


def standard_of(best: Rectangle, found: list[Rectangle], sheet_px: tuple[int, int], dpi: float | None) -> Rectangle:
    """The standard frame: `best`, or one of `found` that lies evenly in or about it, as the evidence says.

    Args:
        best: the rectangle that makes the best frame by itself.
        found: all rectangles on the sheet, `best` among them.
        sheet_px: width and height of the sheet.
        dpi: its dots per inch, where known.
    """
    nest = _nest(best, found)
    if len(nest) == 1:
        return best
    if dpi:
        measured = min(nest, key=lambda frame: abs(_inches_high(frame, dpi) / FRAME_IN[1] - 1))
        if abs(_inches_high(measured, dpi) / FRAME_IN[1] - 1) < _AS_MEASURED:
            return measured
    if len(nest) >= 3:
        return nest[1]
    outer, inner = nest
    if min(outer.solid, inner.solid) < _DASHED and max(outer.solid, inner.solid) > _SOLID:
        return outer if outer.solid > inner.solid else inner
    return inner if outer.width_px / max(sheet_px) > _scanning_share(sheet_px) else outer


def standards_high(frame: Rectangle, found: list[Rectangle], dpi: float | None) -> float:
    """How many standard frames the shorter extent of `frame` is, by two camera frames in its corners or by `dpi`; 1 without either."""
    cameras = camera_frames(frame, found)
    if cameras:
        return _short_px(frame) / _short_px(cameras[0])
    if dpi:
        ratio = _inches_high(frame, dpi) / FRAME_IN[1]
        return ratio if 1.12 / 0.9 < ratio < 4 else 1.0
    return 1.0


def camera_frames(frame: Rectangle, found: list[Rectangle]) -> list[Rectangle]:
    """The camera's first and last standard frame, when two of one size are drawn in corners of `frame`; else none."""
    corner_frames = [
        inner
        for inner in found
        if _is_standard(inner)
        and inner.support > _SOLID
        and _short_px(frame) > 1.12 * _short_px(inner)
        and _sides_shared(frame, inner) >= 2
    ]
    for one, other in combinations(corner_frames, 2):
        is_elsewhere = distance(one.corners.mean(axis=0), other.corners.mean(axis=0)) > 0.05 * frame.width_px
        if is_elsewhere and abs(one.width_px / other.width_px - 1) < _AS_MEASURED:
            return [one, other]
    return []


def safety_frame(frame: Rectangle, found: list[Rectangle]) -> Rectangle | None:
    """The safety frame printed in `frame`, None when there is none."""
    return next((inner for inner in found if _follows(inner, frame)), None)


def _nest(best: Rectangle, found: list[Rectangle]) -> list[Rectangle]:
    """Frames that lie evenly in one another, `best` among them, the largest first."""
    nest = [best]
    for other in sorted(found, key=lambda frame: -frame.support):
        if _follows(other, nest[-1]):
            nest.append(other)
        elif _follows(nest[0], other):
            nest.insert(0, other)
    return nest


def _follows(inner: Rectangle, outer: Rectangle) -> bool:
    """Whether `inner` is the next frame in `outer`: the same margin left and right, above and below, of the standard's size."""
    gaps = _gaps(inner, outer)
    across, down = gaps[:, 0] * (1, -1, -1, 1), gaps[:, 1] * (1, 1, -1, -1)
    if np.ptp(across) > 0.03 * inner.width_px or np.ptp(down) > 0.03 * inner.height_px:
        return False
    # a standard frame or a pan to the side, a pan up or down, a standard frame on a sheet that stands on its side
    wide, high = inner.width_px, inner.height_px
    standards = ((high * STANDARD_SHAPE, high), (wide, wide / STANDARD_SHAPE), (wide, wide * STANDARD_SHAPE))
    low, most = _MARGIN_SHARE
    return any(low < across.mean() / width < most and low < down.mean() / height < most for width, height in standards)


def _gaps(inner: Rectangle, outer: Rectangle) -> Points:
    """From the corners of `outer` to those of `inner`, along the sides of `inner`: 4×2."""
    along = (inner.corners[1] - inner.corners[0]) / inner.width_px
    return (inner.corners - outer.corners) @ np.array(((along[0], -along[1]), (along[1], along[0])))


def _short_px(frame: Rectangle) -> float:
    """Height of a standard frame that a pan in one direction is made of."""
    return min(frame.height_px, frame.width_px / STANDARD_SHAPE)


def _inches_high(frame: Rectangle, dpi: float) -> float:
    return _short_px(frame) / dpi


def _scanning_share(sheet_px: tuple[int, int]) -> float:
    """Above this share of the sheet's longer side, a frame is the scanning frame."""
    if _PAPER_SHAPE[0] < max(sheet_px) / min(sheet_px) < _PAPER_SHAPE[1]:
        return 1.05 * FRAME_IN[0] * 25.4 / PAPER_MM[0]
    return 0.96


def _is_standard(frame: Rectangle) -> bool:
    return bool(abs(np.log(frame.width_px / frame.height_px / STANDARD_SHAPE)) < 0.03)


def _sides_shared(outer: Rectangle, inner: Rectangle) -> int:
    """How many sides of `inner` lie on sides of `outer`."""
    reach = _SHARED_SIDE * distance(outer.corners[0], outer.corners[2])
    gaps = np.abs(_gaps(inner, outer))
    pairs = ((0, 1, 1), (1, 2, 0), (2, 3, 1), (3, 0, 0))
    return sum(bool(gaps[a, axis] < reach and gaps[b, axis] < reach) for a, b, axis in pairs)
