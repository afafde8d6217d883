"""Whether two pictures show the same brushwork: agreement of fine structure, whatever their colours."""

from dataclasses import dataclass

import cv2
import numpy as np

from integration.measure.colour import Plane

_SOFT = 0.6
"""Structure of so many levels of L* counts half; more can hardly count more, so that one thin line does not outweigh a surface."""
_CONTOUR = 6.0
"""Levels of L* from which structure is a contour."""
FINE, COARSE = (1.0, 4.0), (3.0, 12.0)
"""Bands of structure: the two Gaussians whose difference it is, in pixels of the work size."""
WINDOW_PX = {FINE: 13, COARSE: 31}
"""Side of the square over which structure is compared."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Agreement:
    """How the structure of two pictures agrees around each pixel."""

    value: Plane
    """−1 to 1; 1 is the same, 0 unrelated, less is inverted."""
    first: Plane
    """How much structure the first picture has there, 0 to 1."""
    second: Plane
    """The same of the second."""


def agreement(one: Plane, other: Plane, band: tuple[float, float], *, contours: bool = True) -> Agreement:
    """How the structure of two planes of L* agrees in `band`.

    Without `contours`, only the brushwork between them counts: two paintings of one layout share their contours.
    """
    window = WINDOW_PX[band]
    a, b = _band(one, band), _band(other, band)
    between = None if contours else _between(a, b)
    a, b = _soft(a), _soft(b)
    if between is not None:
        a, b = a * between, b * between
    first, second = _mean(a * a, window), _mean(b * b, window)
    return Agreement(value=_mean(a * b, window) / np.sqrt(first * second + 1e-6), first=first, second=second)


def _between(one: Plane, other: Plane) -> Plane:
    """1 where neither picture has a contour, else 0."""
    contour = (np.maximum(np.abs(one), np.abs(other)) > _CONTOUR).astype(np.uint8)
    return (1 - cv2.dilate(contour, np.ones((5, 5), np.uint8))).astype(np.float32)


def _band(plane: Plane, band: tuple[float, float]) -> Plane:
    fine, coarse = (cv2.GaussianBlur(plane, (0, 0), sigma) for sigma in band)
    return np.asarray(fine - coarse, np.float32)


def _soft(plane: Plane) -> Plane:
    return np.asarray(plane / (np.abs(plane) + _SOFT), np.float32)


def _mean(plane: Plane, window: int) -> Plane:
    return np.asarray(cv2.boxFilter(plane, -1, (window, window), borderType=cv2.BORDER_REFLECT), np.float32)
