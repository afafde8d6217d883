"""Where a BOOK's painting ends: the area its lines enclose, told from the paper around it."""

import cv2
import numpy as np
import numpy.typing as npt

_PAPER_GREY = 160
_GAP_SHARE = 0.01
"""Gaps in the outline up to this share of the picture's height are closed."""
_LEAST, _MOST = 0.02, 0.98
"""An outline that encloses less, or more, than these shares of the sheet tells nothing."""


def book_outline(line: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """H×W uint8, 255 where the BOOK is, for `line` (H×W uint8, dark lines on white); None where its outline is open.

    Paper that can be reached from the sheet's upper edge, or from the upper half of its sides, without crossing a line is
    outside: BOOKs stand on the lower edge or hang from a side, and their lines end there.
    """
    height = line.shape[0]
    radius = max(1, round(height * _GAP_SHARE / 2))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    walls = cv2.dilate((line < _PAPER_GREY).astype(np.uint8), kernel)
    _, areas = cv2.connectedComponents(1 - walls, connectivity=4)
    edges = (areas[0, :], areas[: height // 2, 0], areas[: height // 2, -1])
    outside = np.isin(areas, np.setdiff1d(np.concatenate(edges), 0))
    grown = cv2.dilate(outside.astype(np.uint8), kernel)
    inside = np.where(grown.astype(bool) & (line >= _PAPER_GREY), 0, 255).astype(np.uint8)
    share = float(inside.astype(bool).mean())
    return inside if _LEAST <= share <= _MOST else None
