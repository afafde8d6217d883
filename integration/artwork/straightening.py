"""Makes a straight picture of the inside of a frame, without the frames that are printed in it."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.frame import Frame

Picture = npt.NDArray[np.uint8]
"""H×W or H×W×3 uint8."""

_BAND_SHARE = 0.005
"""A printed line is looked for so far to both sides of its rough place, of a standard frame's height or more."""


def straightener(frame: Frame, shape: tuple[int, ...]) -> Callable[[Picture], Picture]:
    """What turns a picture of the sheet, of `shape`, into a straight one of the inside of `frame`; beyond a coloured sheet is paper."""
    if frame.corners[0] == (0.0, 0.0) and frame.corners[2] == (shape[1] - 1, shape[0] - 1):
        return lambda picture: picture
    turn, size = _turn(frame)

    def straightened(picture: Picture) -> Picture:
        beyond = (255, 255, 255) if picture.ndim == 3 else 0
        return np.asarray(cv2.warpPerspective(picture, turn, size, flags=cv2.INTER_LINEAR, borderValue=beyond), dtype=np.uint8)

    return straightened


def without_inner_frames(lines: Picture, frame: Frame) -> Picture:
    """`lines` (H×W uint8, 0 none to 255 a full line, straightened) without the lines of frames printed in `frame`."""
    if not frame.inner:
        return lines
    left = lines.copy()
    turn, (width, height) = _turn(frame)
    band = max(3, round(_BAND_SHARE * min(width, height)))
    for corners in frame.inner:
        straight = cv2.perspectiveTransform(np.array([corners], np.float32), turn)[0]
        (x0, y0), (x1, y1) = np.rint(straight.min(axis=0)).astype(int).tolist(), np.rint(straight.max(axis=0)).astype(int).tolist()
        for y in (y0, y1):
            _erase(left[max(y - band, 0) : y + band + 1, max(x0 - band, 0) : x1 + band + 1])
        for x in (x0, x1):
            _erase(left[max(y0 - band, 0) : y1 + band + 1, max(x - band, 0) : x + band + 1].T)
    return left


def _erase(strip: Picture) -> None:
    """Take the lying line out of `strip`, in place; strokes that cross it stay, but for a gap that is closed again."""
    if min(strip.shape) < 3:
        return
    is_line = np.ascontiguousarray(strip > 60).astype(np.uint8)
    lying = cv2.dilate(cv2.morphologyEx(is_line, cv2.MORPH_OPEN, np.ones((1, 11), np.uint8)), np.ones((3, 3), np.uint8))
    rest = np.where(lying > 0, np.uint8(0), np.ascontiguousarray(strip))
    closed = cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((min(strip.shape[0], 9), 1), np.uint8))
    strip[:] = np.where(lying > 0, closed, strip)


def _turn(frame: Frame) -> tuple[npt.NDArray[np.float64], tuple[int, int]]:
    """The perspective from the sheet to the straight inside of `frame`, and the inside's width and height."""
    width, height = max(round(frame.width_px), 8), max(round(frame.height_px), 8)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - np.float32(0.5)
    return np.asarray(cv2.getPerspectiveTransform(np.array(frame.corners, np.float32), corners), np.float64), (width, height)
