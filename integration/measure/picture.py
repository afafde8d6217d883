"""The words for pictures here, and the size they are measured at."""

import cv2
import numpy as np
import numpy.typing as npt

Colour = npt.NDArray[np.uint8]
"""H×W×3 uint8 sRGB, 0–255, top row first."""
Grey = npt.NDArray[np.uint8]
"""H×W uint8, 0–255, top row first."""
Mask = npt.NDArray[np.bool_]
"""H×W bool."""

WORK_SIDE_PX = 288
"""Pictures are measured with their shorter side at most this long."""


def work_size(picture: Colour | Grey) -> tuple[int, int]:
    """Width and height at which `picture` is measured; its own where it is small."""
    height, width = picture.shape[:2]
    share = min(1.0, WORK_SIDE_PX / min(height, width))
    return max(1, round(width * share)), max(1, round(height * share))


def averaged(picture: Colour | Grey, size: tuple[int, int]) -> Colour | Grey:
    """`picture` at `size` (width, height), each pixel the mean of what it covers."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
