"""How like two pictures are: one twice, or two paintings of one layout."""

import numpy as np

from integration.measure.picture import Colour, averaged

_THUMB_SIDE_PX = 96


def thumbnail(picture: Colour) -> Colour:
    """A small copy of an H×W×3 uint8 sRGB picture, its shorter side at most 96 px: grain is gone, paint is left."""
    height, width = picture.shape[:2]
    share = min(1.0, _THUMB_SIDE_PX / min(height, width))
    return averaged(picture, (max(1, round(width * share)), max(1, round(height * share))))


def difference(one: Colour, other: Colour) -> float:
    """Mean difference of two thumbnails over pixels and channels, 0 to 1; 1 when they differ in shape."""
    if one.shape != other.shape:
        return 1.0
    return float(np.abs(one.astype(np.int16) - other).mean()) / 255
