"""The tone of a picture: how light it is, and how much of it is lost in black, in white or in one flat colour."""

from dataclasses import dataclass

import cv2
import numpy as np

from integration.measure.picture import Colour, averaged, work_size

BLACK_L, WHITE_L = 3.0, 98.0
"""CIE L* below which nothing can be seen, and above which there is only paper."""
_SAME_LEVELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """Shares of a picture, each 0 to 1."""

    lightness: float
    """Mean CIE L*, as a share of 100."""
    black: float
    """Darker than `BLACK_L`."""
    white: float
    """Lighter than `WHITE_L`."""
    flat: float
    """Within three levels, in every channel, of the picture's own median colour."""


def tone_of(picture: Colour) -> Tone:
    """The tone of an H×W×3 uint8 sRGB picture."""
    small = averaged(picture, work_size(picture))
    light = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]
    middle = np.median(small.reshape(-1, 3), axis=0)
    return Tone(
        lightness=float(light.mean()) / 100,
        black=float((light < BLACK_L).mean()),
        white=float((light > WHITE_L).mean()),
        flat=float((np.abs(small - middle).max(axis=2) <= _SAME_LEVELS).mean()),
    )
