"""Finds rough colour on a genzu: flat colour that says how the background is to be painted."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""H×W uint8."""
Colour = npt.NDArray[np.uint8]
"""H×W×3 uint8 sRGB, 0–255."""

_LOOK_PX = 400
_COLOURED = 22
"""Least difference between strongest and weakest channel, 0 to 255."""
_FLAT_SHARE = 0.02
"""What is thinner than this share of the width is a stroke or hatching."""
_LEAST_COVER = 0.25
_MOST_COVER_OF_CELS = 0.5
"""Colour of one hue that covers less than this is a large cel or shadow."""
_HUE_PARTS = 12
_HUE_COVER = 0.04
_OUTLINE_REDDER, _OUTLINE_DARKER = 50, 24


def find_rough_colour(coloured: Colour) -> Grey | None:
    """Where `coloured` (on white paper) has rough colour, H×W uint8, 255 there, else 0; None when it has none.

    It covers more than a quarter of the frame in flat areas, in two hues or more, or more than half in one that is not a cel's red.
    """
    share = min(1.0, _LOOK_PX / coloured.shape[1])
    small = cv2.medianBlur(cv2.resize(coloured, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), 5)
    hue, _, _ = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2HSV_FULL))
    chroma = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    thick = max(3, round(_FLAT_SHARE * small.shape[1]))
    strokes = (chroma > _COLOURED).astype(np.uint8)
    flat = cv2.morphologyEx(strokes, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thick, thick)))
    cover = float(flat.mean())
    if cover < _LEAST_COVER:
        return None
    # half a part off, so that reds on both sides of hue 0 are one hue
    parts = ((hue[flat > 0].astype(np.int32) * _HUE_PARTS + 128) // 256) % _HUE_PARTS
    covers = np.bincount(parts, minlength=_HUE_PARTS) / flat.size
    hues = np.flatnonzero(covers > _HUE_COVER)
    is_one = len(hues) < 2 or (len(hues) == 2 and set(hues.tolist()) == {0, 1})
    if is_one and (cover < _MOST_COVER_OF_CELS or set(hues.tolist()) <= {0, 1}):
        return None
    whole = cv2.resize(flat * np.uint8(255), coloured.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray((whole > 127) * np.uint8(255), dtype=np.uint8)


def cel_outlines(coloured: Colour) -> Grey:
    """255 where `coloured` has thin red lines, redder and darker than what is beside them: the outlines of cels over rough colour."""
    red, green, blue = cv2.split(coloured)
    size = max(5, round(0.012 * coloured.shape[1])) | 1
    darker = cv2.morphologyEx(green, cv2.MORPH_BLACKHAT, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    redder = cv2.subtract(red, cv2.max(green, blue))
    return np.asarray(((darker > _OUTLINE_DARKER) & (redder > _OUTLINE_REDDER)) * np.uint8(255), dtype=np.uint8)


def rough_picture(coloured: Colour, is_rough: Grey, cel_mask: Grey) -> Colour:
    """The rough colour alone: lines closed over, cels filled in from around them, white where the paper was left."""
    size = max(5, round(0.012 * coloured.shape[1])) | 1
    closed = cv2.morphologyEx(coloured, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    near = cv2.dilate(is_rough, np.ones((size, size), np.uint8))
    closed[near == 0] = 255
    if not cel_mask.any():
        return np.asarray(closed, dtype=np.uint8)
    share = min(1.0, _LOOK_PX / coloured.shape[1])
    small = cv2.resize(closed, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    cels = cv2.dilate(cv2.resize(cel_mask, small.shape[1::-1], interpolation=cv2.INTER_AREA), np.ones((5, 5), np.uint8))
    filled = cv2.resize(cv2.inpaint(small, cels, 5, cv2.INPAINT_TELEA), coloured.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    is_cel = cv2.dilate(cel_mask, np.ones((size, size), np.uint8)) > 0
    closed[is_cel] = filled[is_cel]
    return np.asarray(closed, dtype=np.uint8)
