"""Finds the peg holes of animation paper: a round hole between two long ones, in a row along the sheet's upper side."""

from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from integration.artwork.rectangles import Points, distance

_LOOK_PX = 1100
"""Longer side of the reduced sheet that is searched."""
_ROUND_SHARE = (0.008, 0.045)
"""Diameter of the round hole, of the sheet's longer side."""
_LONG_SHARE = (0.014, 0.09)
_LEAST_FULL = 0.8
_APART_SHARE = (0.18, 0.8)
"""From one long hole to the other."""
_NEAR_EDGE_SHARE = 0.17


@dataclass(frozen=True, slots=True, kw_only=True)
class Pegs:
    """Where the three holes are."""

    middle: tuple[float, float]
    """Centre of the round hole, x then y, pixels of the sheet."""
    turned_deg: float
    """How far the sheet is turned clockwise, -180 to 180, when the holes belong at its upper side."""


def find_pegs(dark: npt.NDArray[np.uint8]) -> Pegs | None:
    """The peg holes in `dark` (H×W uint8, 0 paper to 255 black), printed or punched; None when they do not show."""
    share = min(1.0, _LOOK_PX / max(dark.shape))
    small = cv2.resize(dark, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    is_dark = cv2.morphologyEx((small > 40).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    outlines, _ = cv2.findContours(is_dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    rounds, longs = _holes([np.asarray(outline) for outline in outlines], longer_px=max(small.shape))
    height, width = small.shape
    for middle in rounds:
        for one, other in combinations(longs, 2):
            if _is_row(middle, one, other, max(small.shape)) and _is_near_edge(middle, one, other, (width, height)):
                return Pegs(
                    middle=(float(middle[0] / share), float(middle[1] / share)),
                    turned_deg=_turned_deg(one[:2], other[:2], np.array((width / 2, height / 2))),
                )
    return None


def _holes(outlines: list[npt.NDArray[np.int32]], *, longer_px: int) -> tuple[list[Points], list[Points]]:
    """Centres of what may be round holes; centre, length, thickness and direction in degrees of what may be long ones."""
    rounds, longs = [], []
    for outline in outlines:
        if len(outline) < 12:
            continue
        (x, y), (wide, high), angle = cv2.minAreaRect(outline)
        long, short, full = max(wide, high), min(wide, high), cv2.contourArea(outline)
        if short < 3 or long > _LONG_SHARE[1] * longer_px:
            continue
        radius = cv2.minEnclosingCircle(outline)[1]
        if _ROUND_SHARE[0] <= long / longer_px <= _ROUND_SHARE[1] and full > _LEAST_FULL * np.pi * radius**2:
            rounds.append(np.array((x, y)))
        elif long / longer_px >= _LONG_SHARE[0] and 1.4 < long / short < 6 and full > _LEAST_FULL * long * short:
            longs.append(np.array((x, y, long, short, angle if wide > high else angle + 90)))
    return rounds, longs


def _is_row(middle: Points, one: Points, other: Points, longer_px: int) -> bool:
    apart = distance(one[:2], other[:2])
    row_deg = np.degrees(np.arctan2(other[1] - one[1], other[0] - one[0]))
    return bool(
        _APART_SHARE[0] < apart / longer_px < _APART_SHARE[1]
        and distance((one[:2] + other[:2]) / 2, middle) < 0.012 * longer_px
        and np.all(np.abs(np.log(one[2:4] / other[2:4])) < 0.3)
        and all(abs((hole[4] - row_deg + 90) % 180 - 90) < 10 for hole in (one, other))
    )


def _is_near_edge(middle: Points, one: Points, other: Points, size: tuple[int, int]) -> bool:
    """Whether the whole row is near one and the same side of the sheet."""
    shares = np.array([middle, one[:2], other[:2]]) / size
    reach = _NEAR_EDGE_SHARE
    return bool((shares < reach).all(axis=0).any() or (shares > 1 - reach).all(axis=0).any())


def _turned_deg(one: Points, other: Points, centre: Points) -> float:
    right = other - one
    up = np.array((right[1], -right[0]))
    if np.dot(up, (one + other) / 2 - centre) < 0:
        right = -right
    return float(np.degrees(np.arctan2(right[1], right[0])))
