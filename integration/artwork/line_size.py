"""Changes the size of line drawings so that thin lines stay lines."""

import cv2
import numpy as np
import numpy.typing as npt


def resized_lines(lines: npt.NDArray[np.uint8], width_px: int, height_px: int) -> npt.NDArray[np.uint8]:
    """`lines` (H×W uint8, 0 none to 255 a full line) in another size, the same type and range.

    Made smaller, lines that would become thinner than a pixel are first widened to about one, or they would fade.
    """
    shrink = lines.shape[1] / width_px
    if shrink <= 1:
        return np.asarray(cv2.resize(lines, (width_px, height_px), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    missing_px = round(1.25 * shrink - stroke_px(lines))
    if missing_px >= 1:
        lines = np.asarray(cv2.dilate(lines, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing_px + 1,) * 2)), dtype=np.uint8)
    return np.asarray(cv2.resize(lines, (width_px, height_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def stroke_px(lines: npt.NDArray[np.uint8]) -> float:
    """How thick the strokes in `lines` (H×W uint8, 0 none to 255 a full line) are: their area over half of their rim, 1 or more."""
    is_line = (lines > 100).astype(np.uint8)
    area = int(is_line.sum())
    rim = area - int(cv2.erode(is_line, np.ones((3, 3), np.uint8)).sum())
    return max(1.0, 2 * area / rim) if rim else 1.0
