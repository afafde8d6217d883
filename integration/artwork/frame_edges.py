"""Finds a printed frame's inner corners to a fraction of a pixel, once its place is roughly known."""

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""N×2 float64, x then y, pixels of the sheet."""


def refined_corners(dark: npt.NDArray[np.uint8], corners: Points, *, reach_px: int) -> Points:
    """The inner corners of the frame in `dark` whose rough `corners` are known.

    Args:
        dark: H×W uint8, 0 paper to 255 black.
        corners: 4×2, top left, top right, bottom right, bottom left.
        reach_px: how far off the rough corners may be.
    """
    for reach, inset in ((reach_px + 4, False), (6, True)):
        sides = [_refined_side(dark, corners[i], corners[(i + 1) % 4], corners.mean(axis=0), reach, inset=inset) for i in range(4)]
        corners = np.array([_meeting(*sides[i - 1], *sides[i]) for i in range(4)])
    return corners


def _refined_side(
    dark: npt.NDArray[np.uint8], start: Points, end: Points, centre: Points, reach_px: int, *, inset: bool
) -> tuple[Points, Points]:
    """Two points on the middle, or with `inset` the inner edge, of the printed line about `start` and `end`."""
    way = (end - start) / np.linalg.norm(end - start)
    inward = np.array([-way[1], way[0]])
    inward = inward if np.dot(inward, centre - start) > 0 else -inward
    steps = np.linspace(0.03, 0.97, 240)
    offsets = np.arange(-reach_px, reach_px + 1)
    places = start + steps[:, None, None] * (end - start) + offsets[None, :, None] * inward
    x = np.clip(np.rint(places[..., 0]).astype(int), 0, dark.shape[1] - 1)
    y = np.clip(np.rint(places[..., 1]).astype(int), 0, dark.shape[0] - 1)
    profile = dark[y, x].astype(np.float64)
    smooth = cv2.GaussianBlur(profile, (7, 1), 1.5)  # a printed line may be darkest at its rims
    at = (offsets[smooth.argmax(axis=1)] + offsets[::-1][smooth[:, ::-1].argmax(axis=1)]) / 2  # middle of a flat top
    usable = profile.max(axis=1) > 40
    for limit in (4.0, 2.0, 1.5):
        if usable.sum() < 20:
            break
        slope, shift = np.polyfit(steps[usable], at[usable], 1)
        usable &= np.abs(at - (slope * steps + shift)) < limit
    else:
        half_px = _half_thickness_px(profile[usable]) if inset else 0.0
        return (start + inward * (shift + half_px), end + inward * (slope + shift + half_px))
    shift_px = 3.0 if inset else 0.0
    return start + inward * shift_px, end + inward * shift_px


def _half_thickness_px(profile: Points) -> float:
    """From the middle of the line to safely outside of its inner edge."""
    thickness = float(np.median((profile > profile.max(axis=1, keepdims=True) / 3).sum(axis=1)))
    return min(thickness, 12.0) / 2 + 1.5


def _meeting(a1: Points, a2: Points, b1: Points, b2: Points) -> tuple[float, float]:
    """Where the line through `a1` and `a2` meets the one through `b1` and `b2`."""
    shares = np.linalg.solve(np.column_stack([a2 - a1, b1 - b2]), b1 - a1)
    x, y = a1 + shares[0] * (a2 - a1)
    return float(x), float(y)
