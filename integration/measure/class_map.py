"""The map of areas: a revision with colours laid over it, to be told apart by everybody and in grey."""

import cv2
import numpy as np

from integration.measure.change import Area, Change
from integration.measure.picture import Colour, averaged

PALETTE: dict[Area, tuple[int, int, int]] = {
    Area.KEPT: (70, 70, 70),
    Area.ADJUSTED: (86, 180, 233),
    Area.REPAINTED: (240, 228, 66),
    Area.CANNOT_TELL: (153, 91, 125),
    Area.OUTSIDE: (0, 0, 0),
}
"""sRGB by area, after Okabe and Ito's colours for everybody (Color Universal Design, 2008), each of another lightness."""
_STRENGTH = 0.65
_STRIPES_PX = 8
"""Period of the stripes over what cannot be told."""


def coloured_map(change: Change, revision: Colour) -> Colour:
    """The areas over a grey picture of the revision, at work size; what cannot be told is striped."""
    height, width = change.areas.shape
    grey = cv2.cvtColor(averaged(revision, (width, height)), cv2.COLOR_RGB2GRAY)
    colours = np.array([PALETTE[area] for area in Area], np.float32)[change.areas]
    laid = (1 - _STRENGTH) * grey[..., None].astype(np.float32) + _STRENGTH * colours
    rows, columns = np.indices((height, width))
    striped = (change.areas == Area.CANNOT_TELL) & ((rows + columns) % _STRIPES_PX < _STRIPES_PX // 2)
    laid[striped] *= 0.6
    return np.rint(laid).astype(np.uint8)
