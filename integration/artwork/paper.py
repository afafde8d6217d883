"""Takes the paper's own tone, yellowed, grey or unevenly lit, and the scanner's bed out of a scanned sheet."""

import cv2
import numpy as np
import numpy.typing as npt

_CELLS = 48
"""The sheet is looked at in about so many cells along its longer side."""
_BRIGHT_PERCENTILE = 80
_ROUNDS = 4
_BED_LOOK_PX, _BED_BRIGHTEST, _BED_THICK_PX = 600, 110, 7
"""Where the sheet is looked at in this size, what is darker than this and thicker than any stroke is no paper."""
_MOST_BED = 0.35
"""A picture with a larger dark rim is dark itself."""


def on_white_paper(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """`pixels` (H×W×3 uint8 sRGB) with the paper white: the same shape, type and range.

    The paper is a smooth surface, of second order, under the sheet's bright parts; a filled area is not taken for paper.
    """
    height, width = pixels.shape[:2]
    side = max(height, width) // _CELLS
    if side < 2:
        return pixels
    rows, columns = max(height // side, 1), max(width // side, 1)
    cells = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, 3)[:, :: max(side // 8, 1), :, :: max(side // 8, 1)]
    bright = np.percentile(cells, _BRIGHT_PERCENTILE, axis=(1, 3), method="nearest").astype(np.float32)
    paper = cv2.resize(_surface(bright), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(pixels, paper, scale=255), dtype=np.uint8)


def _surface(bright: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """The paper's colour in each cell: a fit to `bright` that gives up cells which are darker or more coloured than it."""
    rows, columns = bright.shape[:2]
    y, x = (axis.ravel() for axis in np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=1)
    values = bright.reshape(-1, 3)
    fit = np.broadcast_to(np.percentile(values, 75, axis=0), values.shape)
    for limit in np.linspace(40, 12, _ROUNDS):
        is_paper = np.abs(values - fit).max(axis=1) < limit
        if is_paper.sum() < len(values) // 5:
            break
        factors, *_ = np.linalg.lstsq(terms[is_paper], values[is_paper], rcond=None)
        fit = terms @ factors
    return np.asarray(np.clip(fit, 60, 255).reshape(rows, columns, 3), dtype=np.uint8)


def without_bed(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """`pixels` (H×W×3 uint8 sRGB) with the dark scanner bed or lid that shows beyond the paper made white."""
    share = min(1.0, _BED_LOOK_PX / max(pixels.shape[:2]))
    small = cv2.cvtColor(cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    dark = cv2.morphologyEx((small < _BED_BRIGHTEST).astype(np.uint8), cv2.MORPH_OPEN, np.ones((_BED_THICK_PX,) * 2, np.uint8))
    rim = np.ones_like(dark)
    rim[2:-2, 2:-2] = 0
    _, names = cv2.connectedComponents(dark, connectivity=8)
    at_rim = np.setdiff1d(np.unique(names[(rim > 0) & (dark > 0)]), [0])
    if not at_rim.size:
        return pixels
    bed = cv2.dilate(np.isin(names, at_rim).astype(np.uint8), np.ones((5, 5), np.uint8))
    if bed.mean() > _MOST_BED:
        return pixels
    cleared = pixels.copy()
    cleared[cv2.resize(bed, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST) > 0] = 255
    return cleared
