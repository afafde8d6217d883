"""Tells from the peg holes and the printed head which way up a sheet was scanned."""

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.frame import Frame
from integration.artwork.pegs import Pegs

_LOOK_PX = 900
_LEAST_HEAD_SHARE = 0.25
"""Least length of all boxes of a head, of the side of the frame they lie along."""
_MOST_FOR_OTHERS = 0.4
"""Boxes at other sides come to less than this share of the head's."""


def upright(frame: Frame, dark: npt.NDArray[np.uint8], pegs: Pegs | None, notes: list[str]) -> Frame:
    """`frame` with its corners named as the drawing stands, left as it is when nothing on the sheet tells or the signs disagree.

    Args:
        frame: the frame, its corners named as it lies in the picture.
        dark: H×W uint8, 0 paper to 255 black: the sheet.
        pegs: its peg holes.
        notes: what was done is added.
    """
    by_pegs = round((pegs.turned_deg - frame.skew_deg) / 90) % 4 if pegs else None
    by_head = _head_side(frame, dark)
    if by_pegs is not None and by_head is not None and by_pegs != by_head:
        notes.append("the peg holes and the printed head disagree about which way is up; the sheet is used as it lies")
        return frame
    quarters = by_pegs if by_pegs is not None else by_head
    if not quarters:
        return frame
    notes.append("the sheet was upside down and was turned" if quarters == 2 else "the sheet lay on its side and was turned upright")
    return frame.turned(quarters)


def _head_side(frame: Frame, dark: npt.NDArray[np.uint8]) -> int | None:
    """Beyond which side of the frame, 0 upper, 1 right, 2 lower, 3 left, the boxes for title and cut number are printed."""
    share = min(1.0, _LOOK_PX / max(dark.shape))
    small = cv2.resize(dark, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    corners, unit = np.array(frame.scaled(share).corners, np.float32), np.array(((0, 0), (1, 0), (1, 1), (0, 1)), np.float32)
    to_unit = cv2.getPerspectiveTransform(corners, unit)
    outlines, _ = cv2.findContours((small > 40).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    lengths = np.zeros(4)
    for outline in outlines:
        box = cv2.perspectiveTransform(np.asarray(outline, np.float32), to_unit)[:, 0]
        if len(outline) >= 4 and _is_box(np.asarray(outline), frame.scaled(share)):
            (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
            beyond = (bottom < 0, left > 1, top > 1, right < 0)
            for side in np.flatnonzero(beyond).tolist():
                lengths[side] += (right - left) if side % 2 == 0 else (bottom - top)
    side = int(lengths.argmax())
    others = np.delete(lengths, side)
    return side if lengths[side] > _LEAST_HEAD_SHARE and others.max() < _MOST_FOR_OTHERS * lengths[side] else None


def _is_box(outline: npt.NDArray[np.int32], frame: Frame) -> bool:
    """Whether `outline` is a printed box such as those for title and cut number."""
    _, (wide, high), _ = cv2.minAreaRect(outline)
    long, short, side = max(wide, high), min(wide, high), max(frame.width_px, frame.height_px)
    return bool(0.015 * side < short < 0.12 * side and long > 0.06 * side and cv2.contourArea(outline) > 0.85 * long * short)
