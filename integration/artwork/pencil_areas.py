"""Areas that coloured pencil marks: filled, hatched or only outlined."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""

_GAP_SHARE = 0.012
"""Gaps up to this share of the width, between hatches or in an outline, count as closed."""
_STROKE_SHARE = 0.006
"""What stays thinner than this share of the width after filling is an arrow or handwriting, not an area."""
_LEAST_AREA_SHARE = 0.0008


def filled_areas(strokes: Grey) -> Grey:
    """The areas that `strokes` (H×W uint8, 255 where the pencil went) mark, with their insides: 255 inside, 0 outside.

    An area that runs off the frame is closed along the frame's side.
    """
    if not strokes.any():
        return np.zeros_like(strokes)
    gap, width = _odd(strokes.shape[1] * _GAP_SHARE), _odd(strokes.shape[1] * _STROKE_SHARE)
    # a margin keeps the closing from treating the picture's edge as pencil
    roomy = cv2.copyMakeBorder(strokes, gap, gap, gap, gap, cv2.BORDER_CONSTANT, value=0)
    closed = np.asarray(cv2.morphologyEx(roomy, cv2.MORPH_CLOSE, _round(gap))[gap:-gap, gap:-gap], dtype=np.uint8)
    areas = _with_insides(_closed_at_sides(closed, reach_px=max(gap // 2, 2)))
    areas = np.asarray(cv2.morphologyEx(areas, cv2.MORPH_OPEN, _round(width)), dtype=np.uint8)
    return _large_enough(areas)


def _closed_at_sides(strokes: Grey, *, reach_px: int) -> Grey:
    """`strokes` with a line along each side between the outermost places where one connected stroke reaches that side."""
    closed = strokes.copy()
    count, labels = cv2.connectedComponents(strokes, connectivity=8)
    for name in range(1, min(count, 200)):
        is_this = labels == name
        for strip, side in (
            (is_this[:reach_px].any(axis=0), np.s_[0, :]),
            (is_this[-reach_px:].any(axis=0), np.s_[-1, :]),
            (is_this[:, :reach_px].any(axis=1), np.s_[:, 0]),
            (is_this[:, -reach_px:].any(axis=1), np.s_[:, -1]),
        ):
            places = np.flatnonzero(strip)
            if places.size:
                closed[side][places[0] : places[-1] + 1] = 255
    return closed


def _with_insides(strokes: Grey) -> Grey:
    outlines, _ = cv2.findContours(strokes, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(cv2.drawContours(np.zeros_like(strokes), outlines, -1, 255, cv2.FILLED), dtype=np.uint8)


def _large_enough(areas: Grey) -> Grey:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(areas, connectivity=8, ltype=cv2.CV_32S)
    is_kept = stats[:, cv2.CC_STAT_AREA] >= areas.size * _LEAST_AREA_SHARE
    is_kept[0] = False
    return np.asarray(is_kept[labels] * 255, dtype=np.uint8)


def _round(size_px: int) -> Grey:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size_px, size_px)), dtype=np.uint8)


def _odd(size_px: float) -> int:
    return max(3, round(size_px) // 2 * 2 + 1)
