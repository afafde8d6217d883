"""Finds rectangles made of four long straight lines, lying nearly straight, in a reduced picture of a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""N×2 float64, x then y, pixels of the picture."""

STANDARD_SHAPE = 16 / 9
"""Width over height of a standard frame."""
_STEEPEST = float(np.tan(np.radians(4.0)))
_NOT_PARALLEL = 0.012
_EDGE_SHARE = 0.008
"""Lines nearer to the picture's edge than this are the paper's edge, not a frame."""
_PAPER_SHAPE = 2**0.5
_CANDIDATES = 9


@dataclass(frozen=True, slots=True, eq=False)
class Rectangle:
    """Four lines that make a rectangle."""

    corners: Points
    """4×2: top left, top right, bottom right, bottom left."""
    support: float
    """Least share of a side that is inked, 0 to 1, a dashed line counting as whole."""
    solid: float
    """Mean share of the sides that is inked, 0 to 1, a dashed line counting as it is."""

    @property
    def width_px(self) -> float:
        """Length of the upper side."""
        return distance(self.corners[0], self.corners[1])

    @property
    def height_px(self) -> float:
        """Length of the left side."""
        return distance(self.corners[0], self.corners[3])

    def score(self, area_px2: float) -> float:
        """How good a frame it makes in a sheet of `area_px2`: well inked, large, 16:9 rather than the paper's own shape."""
        shape = abs(np.log(self.width_px / self.height_px))  # a sheet may lie on its side
        standard, paper = (float(np.exp(-(((shape - np.log(of)) / 0.05) ** 2))) for of in (STANDARD_SHAPE, _PAPER_SHAPE))
        return 4 * self.support + 0.15 * standard - 0.15 * paper + float(np.sqrt(self.width_px * self.height_px / area_px2))


@dataclass(frozen=True, slots=True)
class _Line:
    """``along`` runs, ``across = slope * along + start``; lying lines run along x, standing ones along y."""

    slope: float
    start: float


def find_rectangles(is_dark: npt.NDArray[np.uint8], *, least_support: float) -> list[Rectangle]:
    """Rectangles in `is_dark` (H×W uint8, 255 where inked) within 4 degrees of straight, each side inked for `least_support`."""
    near = cv2.dilate(is_dark, np.ones((5, 5), np.uint8)) > 0
    inked = cv2.dilate(is_dark, np.ones((3, 3), np.uint8)) > 0
    found = []
    for corners in _rectangles(_lines(is_dark, standing=False), _lines(is_dark, standing=True), is_dark.shape):
        support = min(_support(near, corners[i], corners[(i + 1) % 4]) for i in range(4))
        if support >= least_support:
            solid = float(np.mean([_support(inked, corners[i], corners[(i + 1) % 4]) for i in range(4)]))
            found.append(Rectangle(corners, support, solid))
    return found


def distance(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Straight distance of two points."""
    return float(np.linalg.norm(np.subtract(one, other)))


def _rectangles(lying: list[_Line], standing: list[_Line], shape: tuple[int, ...]) -> Iterator[Points]:
    height, width = shape[:2]
    for upper, lower in combinations(sorted(lying, key=lambda line: line.start + line.slope * width / 2), 2):
        if abs(upper.slope - lower.slope) > _NOT_PARALLEL:
            continue
        for left, right in combinations(sorted(standing, key=lambda line: line.start + line.slope * height / 2), 2):
            if abs(left.slope - right.slope) > _NOT_PARALLEL or abs(upper.slope + left.slope) > 2 * _NOT_PARALLEL:
                continue
            corners = np.array([_crossing(upper, left), _crossing(upper, right), _crossing(lower, right), _crossing(lower, left)])
            wide, high = distance(corners[0], corners[1]), distance(corners[0], corners[3])
            if wide > 0.35 * width and high > 0.1 * height and wide * high > 0.1 * width * height and 0.4 < wide / max(high, 1) < 9:
                yield corners


def _lines(is_dark: npt.NDArray[np.uint8], *, standing: bool) -> list[_Line]:
    """The longest straight lines within 4 degrees of lying (or standing), each once, none at the very edge."""
    picture = np.ascontiguousarray(is_dark.T) if standing else is_dark
    across, along = picture.shape
    # a line that is skewed and thin breaks into runs; a short opening keeps runs and drops what is not nearly lying
    runs = cv2.morphologyEx(picture, cv2.MORPH_OPEN, np.ones((1, 15), np.uint8))
    found = cv2.HoughLinesP(runs, 1, np.pi / 360, threshold=along // 10, minLineLength=along // 8, maxLineGap=12)
    lines: list[tuple[_Line, float]] = []
    if found is None:
        return []
    for x1, y1, x2, y2 in sorted(found.reshape(-1, 4).tolist(), key=lambda s: -abs(s[2] - s[0])):
        if x1 == x2 or abs(y2 - y1) > _STEEPEST * abs(x2 - x1):
            continue
        line = _Line((y2 - y1) / (x2 - x1), y1 - (y2 - y1) / (x2 - x1) * x1)
        middle = line.start + line.slope * along / 2
        if not _EDGE_SHARE * across < middle < (1 - _EDGE_SHARE) * across:
            continue
        if all(abs(middle - (other.start + other.slope * along / 2)) > 4 for other, _ in lines):
            lines.append((line, abs(x2 - x1)))
    return [line for line, _ in _spread_out(lines, across)]


def _spread_out(lines: list[tuple[_Line, float]], across: int) -> list[tuple[_Line, float]]:
    """The longest few, and of the rest those nearest to the edges, where frames are."""
    longest = lines[:_CANDIDATES]
    outer = sorted(lines[_CANDIDATES:], key=lambda item: min(item[0].start, across - item[0].start))[:2]
    return longest + outer


def _crossing(lying: _Line, standing: _Line) -> tuple[float, float]:
    x = (standing.slope * lying.start + standing.start) / (1 - standing.slope * lying.slope)
    return x, lying.slope * x + lying.start


def _support(near: npt.NDArray[np.bool_], start: Points, end: Points) -> float:
    """Share of the way from `start` to `end` that is inked."""
    steps = np.linspace(0.01, 0.99, 120)[:, None]
    x, y = np.rint(start + steps * (end - start)).astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < near.shape[1]) & (y < near.shape[0])
    return float(near[y[inside], x[inside]].sum() / len(steps))
