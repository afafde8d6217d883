"""How much of a layout's lines a picture keeps, beyond what any picture as busy would keep by chance."""

from dataclasses import dataclass

import cv2
import numpy as np

from integration.measure.picture import Colour, Grey, Mask, averaged, work_size

TOLERANCE_SHARE = 0.01
"""How far an edge may lie from the line it follows, as a share of the picture's height; never less than one pixel."""
_PAPER_GREY = 160
_COVERED = 24
"""A reduced pixel shows a line when this much of 255 of it was line."""
_CEL_MARGIN_SHARE = 0.01
_STRONGEST = (0.80, 0.90)
"""Quantiles of the gradient between which an edge begins and holds: a night has edges as a day has."""
_FAINTEST = 8.0
"""Least gradient of an edge, in Sobel's units: one level for each pixel. Paper and a flat fill have none."""
_ROLLS = ((0.37, 0.21), (0.29, 0.63), (0.61, 0.43), (0.53, 0.83))
"""How far the lines are moved, as shares of height and width, to see what chance gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutKept:
    """How a picture's edges lie on a layout's lines."""

    recall: float
    """Share of the lines with an edge on them, 0 to 1."""
    chance: float
    """The same for lines moved far away, the mean of four moves, 0 to 1."""

    @property
    def share(self) -> float:
        """``(recall − chance) / (1 − chance)``: 1 keeps every line, 0 is chance, less is an accident."""
        return (self.recall - self.chance) / max(1e-6, 1 - self.chance)


def layout_kept(picture: Colour, line: Grey, cel_mask: Grey | None = None) -> LayoutKept | None:
    """How `picture` keeps the lines of `line`.

    Args:
        picture: H×W×3 uint8 sRGB.
        line: H×W uint8 of the same proportion, dark lines on white.
        cel_mask: H×W uint8, 255 where characters will stand; lines there need not be kept.

    Returns:
        None when there is no line to keep.
    """
    size = work_size(picture)
    drawn = _drawn(line, size)
    if cel_mask is not None:
        drawn &= ~_cel(cel_mask, size)
    if not drawn.any():
        return None
    small = averaged(picture, size)
    near = _distance(edges_of(small)) <= max(1.0, TOLERANCE_SHARE * size[1])
    rows, columns = np.nonzero(drawn)
    return LayoutKept(
        recall=float(near[rows, columns].mean()),
        chance=float(np.mean([near[(rows + move[0]) % size[1], (columns + move[1]) % size[0]].mean() for move in _moves(size)])),
    )


def edges_of(picture: Colour) -> Mask:
    """H×W bool, true on the thinned edges of a picture: the strongest fifth of its gradients, in whichever channel they show."""
    lab = cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
    across, down = (np.asarray(cv2.Sobel(lab, cv2.CV_16S, *axis)) for axis in ((1, 0), (0, 1)))
    channel = (np.abs(across) + np.abs(down)).argmax(2)[..., None]
    dx, dy = (np.ascontiguousarray(np.take_along_axis(part, channel, 2)[..., 0]) * np.int16(16) for part in (across, down))
    length = np.hypot(dx.astype(np.float32), dy.astype(np.float32))
    low, high = np.maximum(np.quantile(length, _STRONGEST), _FAINTEST * 16)
    return np.asarray(cv2.Canny(dx, dy, float(low), float(high), L2gradient=True)) > 0


def _drawn(line: Grey, size: tuple[int, int]) -> Mask:
    full = (line < _PAPER_GREY).astype(np.uint8) * np.uint8(255)
    return np.asarray(averaged(full, size) >= _COVERED)


def _cel(cel_mask: Grey, size: tuple[int, int]) -> Mask:
    """The cel areas and a rim: their outlines are drawn with them."""
    radius = max(1, round(_CEL_MARGIN_SHARE * size[1]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(averaged(cel_mask, size), kernel)) >= 128


def _distance(edges: Mask) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Pixels from each place to the nearest edge; far everywhere when there is none."""
    if not edges.any():
        return np.full(edges.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 3), np.float32)


def _moves(size: tuple[int, int]) -> list[tuple[int, int]]:
    return [(round(down * size[1]), round(across * size[0])) for down, across in _ROLLS]
