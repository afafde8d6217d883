"""Colours as people see them: CIELAB and the distance of two of them."""

import cv2
import numpy as np
import numpy.typing as npt

from integration.measure.picture import Colour

Lab = npt.NDArray[np.float32]
"""H×W×3 float32 CIELAB under D65: L* 0–100, a* and b* about −128 to 127."""
Plane = npt.NDArray[np.float32]
"""H×W float32."""

AnyPlane = npt.NDArray[np.floating]
"""H×W of either precision."""

_25_7 = np.float32(25.0**7)


def lab_of(picture: Colour) -> Lab:
    """An sRGB picture in CIELAB."""
    return np.asarray(cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)


def ciede2000(one: Lab, other: Lab) -> Plane:
    """CIEDE2000 of each pair of colours (Sharma, Wu and Dalal, Color Research and Application 30, 2005); 1 is just seen.

    Angles of hue stay vectors: the difference of two hues is what distance in the a*b* plane is left beside that of chroma, and
    their mean is the direction of the sum of their unit vectors.
    """
    l1, a1, b1 = cv2.split(one)
    l2, a2, b2 = cv2.split(other)
    stretch = 1.5 - 0.5 * _blueness((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2)
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    hue = 2 * np.maximum(c1 * c2 - a1 * a2 - b1 * b2, 0)  # the square: lengths and angle of two vectors
    turned = np.sqrt(hue) * np.where(a1 * b2 < a2 * b1, np.float32(-1), np.float32(1))
    x, y = a1 * c2 + a2 * c1, b1 * c2 + b2 * c1
    length = np.hypot(x, y)
    grey = length < 1e-6
    cosine = np.divide(x, length, out=np.ones_like(x), where=~grey)
    sine = np.divide(y, length, out=np.zeros_like(y), where=~grey)
    return _weighted((l1 + l2) / 2, (c1 + c2) / 2, (cosine, sine), (l2 - l1, c2 - c1, turned))


def _weighted(lightness: AnyPlane, chroma: AnyPlane, hue: tuple[AnyPlane, AnyPlane], parts: tuple[AnyPlane, AnyPlane, AnyPlane]) -> Plane:
    """The differences of lightness, chroma and hue (`parts`), weighted by where in the space they lie; `hue` is its cosine and sine."""
    c, s = hue
    c2, s2 = c * c - s * s, 2 * s * c
    c3, s3 = c * c2 - s * s2, s * c2 + c * s2
    c4, s4 = c2 * c2 - s2 * s2, 2 * s2 * c2
    t = 1 - 0.17 * (c * _cos(30) + s * _sin(30)) + 0.24 * c2 + 0.32 * (c3 * _cos(6) - s3 * _sin(6)) - 0.20 * (c4 * _cos(63) + s4 * _sin(63))
    off = (lightness - 50) ** 2
    light = parts[0] / (1 + 0.015 * off / np.sqrt(20 + off))
    colour, turned = parts[1] / (1 + 0.045 * chroma), parts[2] / (1 + 0.015 * chroma * t)
    degrees = cv2.phase(c, s, angleInDegrees=True)
    blue = 60 * np.exp(-(((degrees - 275) / 25) ** 2))
    mixed = -2 * _blueness(chroma) * np.sin(np.radians(blue)) * colour * turned
    return np.asarray(np.sqrt(np.maximum(light * light + colour * colour + turned * turned + mixed, 0)), np.float32)


def _blueness(chroma: AnyPlane) -> Plane:
    """``sqrt(C^7 / (C^7 + 25^7))``."""
    cubed = chroma * chroma * chroma
    seventh = cubed * cubed * chroma
    return np.asarray(np.sqrt(seventh / (seventh + _25_7)), np.float32)


def _cos(degrees: float) -> np.float32:
    return np.float32(np.cos(np.radians(degrees)))


def _sin(degrees: float) -> np.float32:
    return np.float32(np.sin(np.radians(degrees)))
